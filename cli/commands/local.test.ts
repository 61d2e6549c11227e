import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordIn } from '../../domain/record-in.ts';
import { parseRelease } from '../../domain/release.ts';
import type { PairLook, PairStatus } from '../../local/control/control-api.ts';
import { openControl } from '../../local/control/control-server.ts';
import { fakeHandlers } from '../../local/control/fake-handlers.ts';
import { fakeStatus } from '../../local/control/fake-status.ts';
import { fakeCli } from '../fake-world.ts';

describe('parity local and status', () => {
  it('ask the running pair, and show how it is then', async context => {
    const { run, world } = await fakeCli(context, () => new Response(null, { status: 404 }));
    const asked: unknown[] = [];
    const rotated: string[] = [];
    const then = async (): Promise<PairStatus> => fakeStatus;
    const here = { keeper: undefined, queued: { [parseRelease('41')]: 1 } };
    const look: PairLook = {
      ...{ status: fakeStatus, record: recordIn('settled'), operator: undefined },
      ...{ releases: { odd: here, even: { ...here, queued: {} } }, dns: undefined },
    };
    const control = await openControl(
      world.paths,
      fakeHandlers({
        look: async () => look,
        kill: fault => (asked.push({ act: 'kill', ...fault }), then()),
        heal: fault => (asked.push({ act: 'heal', ...fault }), then()),
        rotate: ({ what }) => (rotated.push(what), then()),
      }),
    );
    context.after(() => control.close());
    const killed = await run('local', 'kill', 'odd');
    assert.equal(killed.code, 0);
    await run('local', 'heal', 'even', '--what', 'broker');
    await run('local', 'kill', 'peer-link');
    assert.deepEqual(await run('local', 'kill', 'database', '--what', 'broker'), {
      code: 2,
      out: '',
      err: 'parity: The database belongs to both clusters: leave --what out.',
    });
    assert.deepEqual(asked, [
      { act: 'kill', cluster: 'odd', what: 'all' },
      { act: 'heal', cluster: 'even', what: 'broker' },
      { act: 'kill', shared: 'peer-link' },
    ]);
    assert.match((await run('local', 'rotate', 'signing-key')).out, /^Tokens are signed with a new key/);
    assert.deepEqual(rotated, ['signing-key']);
    const { out } = await run('status');
    assert.equal(out, killed.out);
    assert.match(out, /^Release 41 is live on odd; nothing is being shipped\.\n/);
    assert.match(out, /^release 41 .* 1 queued .* queues unknown$/m);
    const { status, ...rest } = look;
    assert.equal((await run('status', '--json')).out, JSON.stringify({ ...status, ...rest }));
  });
});
