import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeCli } from '../fake-world.ts';

const bad = { document: 'd-9', why: 'its spool file is gone' };

describe('parity reprocess', () => {
  it('goes through every page and adds up', async context => {
    const pages = [
      { redone: 2, unchanged: 98, impossible: [], next: 'k1' },
      { redone: 1, unchanged: 3, impossible: [] },
    ];
    const { run, seen } = await fakeCli(context, () => Response.json(pages.shift()));
    const { code, out } = await run('reprocess', '3');
    assert.equal(code, 0);
    assert.equal(out, 'Documents that release 3 stored: 101 right, 3 stored again, 0 beyond repair.');
    assert.deepEqual(
      seen.map(({ method, path }) => `${method} ${path}`),
      Array(2).fill('POST /v1/admin/releases/3/reprocess'),
    );
  });

  it('names what cannot be put right, and fails', async context => {
    const { run } = await fakeCli(context, () =>
      Response.json({ redone: 0, unchanged: 0, impossible: [bad] }),
    );
    const { code, out } = await run('reprocess', '3');
    assert.equal(code, 1);
    assert.match(out, /^ {2}d-9 cannot be put right: its spool file is gone$/m);
  });

  it('hands a refusal on', async context => {
    const message =
      'Release 3 would do again what it did: roll back, or ship a repaired one, and reprocess then.';
    const refusal = { error: { code: 'release_refused', message } };
    const { run } = await fakeCli(context, () => Response.json(refusal, { status: 409 }));
    const { code, err } = await run('reprocess', '3');
    assert.deepEqual([code, err], [1, `parity: ${message}`]);
  });
});
