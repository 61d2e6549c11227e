import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import { parseRelease } from '../../domain/release.ts';
import type { QueueContents } from '../../services/kit/broker/release-queues.ts';
import { manualClock } from '../../services/kit/manual-clock.ts';
import { leavingReleases } from './leaving-releases.ts';

const at = { cluster: 'odd', release: parseRelease('1') } as const;
const live = parseRelease('2');

/** A release of which `ready` messages and `requests` are left. */
function aLeaving(left: { ready: number; requests: number | ParityError }) {
  const clock = manualClock();
  const done: string[] = [];
  const work: QueueContents = { name: 'documents.accepted.s1', ready: left.ready, consumers: 2 };
  const queues = {
    unbind: async () => void done.push('unbind'),
    contents: async () => [work, { ...work, name: 'documents.accepted.s1.retry.500', ready: 1 }],
    handOver: async (from: string, heir: string) => done.push(`${from} to ${heir}`),
    deleteEmpty: async () => void done.push('delete'),
  };
  const underWay = async () => {
    if (typeof left.requests === 'number') return left.requests;
    throw left.requests;
  };
  const leaving = leavingReleases({
    queues: () => queues,
    services: { stop: async () => void done.push('stop') },
    gateways: { odd: { underWay }, even: { underWay } },
    live: () => live,
    clock,
  });
  return { leaving, clock, done, left };
}

describe('a release that leaves', () => {
  it('is bound until the requests that it is answering have ended, and has a backlog as long', async () => {
    const { leaving, done, left } = aLeaving({ ready: 0, requests: 2 });
    await leaving.unpublish(at);
    assert.deepEqual(done, []);
    assert.equal(await leaving.backlog(at), 1);
    left.requests = 0;
    await leaving.unpublish(at);
    assert.deepEqual(done, ['unbind']);
  });

  it('waits for no request for ever', async () => {
    const { leaving, clock, done } = aLeaving({ ready: 0, requests: 1 });
    await leaving.unpublish(at);
    clock.advance(300_000);
    await leaving.unpublish(at);
    assert.deepEqual(done, ['unbind']);
  });

  it('is not waited for where no gateway runs', async () => {
    const { leaving, done } = aLeaving({ ready: 0, requests: new ParityError('unreachable', 'dead') });
    await leaving.unpublish(at);
    assert.deepEqual(done, ['unbind']);
  });

  it('has as backlog what is ready and what waits for a retry', async () => {
    const { leaving } = aLeaving({ ready: 4, requests: 0 });
    assert.equal(await leaving.backlog(at), 5);
    await leaving.unpublish(at);
    assert.equal(await leaving.backlog(at), 5);
  });

  it('works off its own messages first; what it leaves then goes to the live release', async () => {
    const { leaving, clock, done } = aLeaving({ ready: 4, requests: 0 });
    await leaving.unpublish(at);
    clock.advance(9_000);
    await leaving.unpublish(at);
    assert.deepEqual(done, ['unbind', 'unbind']);
    clock.advance(1_000);
    await leaving.unpublish(at);
    assert.deepEqual(done.slice(2), ['unbind', 'stop', '1 to 2']);
  });

  it('is forgotten with its queues', async () => {
    const { leaving, done } = aLeaving({ ready: 0, requests: 0 });
    await leaving.unpublish(at);
    await leaving.deleteQueues(at);
    assert.deepEqual(done, ['unbind', 'delete']);
    assert.equal(await leaving.backlog(at), 1);
  });
});
