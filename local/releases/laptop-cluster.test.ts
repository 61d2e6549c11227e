import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import { parseRelease } from '../../domain/release.ts';
import { fakeHandlers } from '../control/fake-handlers.ts';
import { laptopCluster } from './laptop-cluster.ts';

const two = parseRelease('2');
const keeper = {
  nudge: async () => {},
  keeper: async () => {
    throw new ParityError('unreachable', 'The keeper does not answer.');
  },
};

describe('laptopCluster', () => {
  it('asks the pair process about its own cluster', async () => {
    const asked: unknown[] = [];
    const noted = async (request: unknown) => (asked.push(request), null);
    const handlers = { run: noted, stop: noted, unpublish: noted, deleteQueues: noted };
    const more = { workload: async () => ({ state: 'ready' as const }), backlog: async () => 7 };
    const even = laptopCluster('even', fakeHandlers({ ...handlers, ...more }), keeper);
    await even.run(two, 0.5);
    await even.stop(two);
    await even.unpublish(two);
    await even.deleteQueues(two);
    const at = { cluster: 'even', release: two };
    assert.deepEqual(asked, [{ ...at, share: 0.5 }, at, at, at]);
    assert.deepEqual([await even.workload(two), await even.backlog(two)], [{ state: 'ready' }, 7]);
  });

  it('does not answer when the pair does not run, and hands every other refusal on', async () => {
    const gone = new ParityError('not_running', 'Parity is not running here: start it with npm start.');
    const left = new ParityError(
      'would_lose',
      'documents.accepted.s2 is not deleted: it still has 1 messages.',
    );
    const refusing = (error: ParityError) => async () => Promise.reject(error);
    const handlers = fakeHandlers({ workload: refusing(gone), deleteQueues: refusing(left) });
    const odd = laptopCluster('odd', handlers, keeper);
    await assert.rejects(odd.workload(two), { code: 'unreachable', message: gone.message });
    await assert.rejects(odd.deleteQueues(two), left);
    await assert.rejects(odd.keeper(), { code: 'unreachable' });
  });
});
