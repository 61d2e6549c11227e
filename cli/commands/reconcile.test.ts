import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Reconciled } from '../../domain/reconciled.ts';
import { fakeCli } from '../fake-world.ts';

const since = '2026-11-27T02:00:00Z';
const paper = { id: 'a', owner: 'driver-1', name: 'licence.jpg', acceptedAt: '2026-11-27T02:01:00.000Z' };
const nothing: Reconciled = { looked: 0, lost: [], found: [], withoutRow: [] };

describe('parity reconcile', () => {
  it('asks for page after page, and names every paper that is gone', async context => {
    const pages: Reconciled[] = [
      { ...nothing, looked: 2, lost: [paper], next: 'files:0' },
      { ...nothing, withoutRow: ['b'] },
    ];
    const cli = await fakeCli(context, () => Response.json(pages.shift()));
    const { code, out } = await cli.run('reconcile', '--since', since);
    assert.equal(code, 0);
    assert.equal(
      out,
      [
        `2 papers stored since ${since} were looked at.`,
        '1 lost: their files did not survive',
        '  a  2026-11-27T02:01:00.000Z  driver-1  licence.jpg',
        '1 vault files without a row: nobody can read them',
        '  b',
      ].join('\n'),
    );
    assert.deepEqual(
      cli.seen.map(({ method }) => method),
      ['POST', 'POST'],
    );
  });

  it('says so when vault and rows agree, and wants to know since when', async context => {
    const cli = await fakeCli(context, () => Response.json({ ...nothing, looked: 3 }));
    const { out } = await cli.run('reconcile', '--since', since);
    assert.equal(out, `3 papers stored since ${since} were looked at. Vault and rows agree.`);
    const { code, err } = await cli.run('reconcile');
    assert.equal(code, 2);
    assert.match(err, /--since/);
  });
});
