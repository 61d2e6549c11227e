import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ParityError } from '../../domain/errors.ts';
import type { Parity } from '../../domain/parity.ts';
import { firstRecord, type ReleaseRecord } from '../../domain/record.ts';
import { renderAt, type Rendered } from '../../release/keeper/render.ts';
import { parseRelease } from '../../domain/release.ts';
import { manualClock } from '../../services/kit/manual-clock.ts';
import { followRecord } from './follow-record.ts';

const first = firstRecord({
  live: { parity: 'odd', release: parseRelease('1') },
  at: '2026-11-22T00:00:00.000Z',
  who: 'test',
  nonce: 'first',
});

/** A gateway that takes what it is given, unless it is told otherwise. */
class TestGateway {
  readonly asked: number[] = [];
  #rendered = renderAt(first, 0, undefined);
  #answer: () => Promise<void> = () => Promise.resolve();

  rendered(): Rendered {
    return this.#rendered;
  }

  answers(answer: () => Promise<void>): void {
    this.#answer = answer;
  }

  async applyRouting(rendered: Rendered): Promise<void> {
    this.asked.push(rendered.recordVersion);
    await this.#answer();
    this.#rendered = rendered;
  }
}

function aFollowing(test: TestContext) {
  const clock = manualClock();
  const told: string[] = [];
  const gateways: Record<Parity, TestGateway> = { odd: new TestGateway(), even: new TestGateway() };
  let record: ReleaseRecord = first;
  const following = followRecord(() => record, gateways, { clock, tell: line => void told.push(line) });
  test.after(() => following.close());
  return {
    gateways,
    told,
    following,
    write: (version: number) => void (record = { ...first, version }),
    pass: async (ms: number) => {
      clock.advance(ms);
      await turn();
    },
  };
}

const refusal = new ParityError('gateway_refused', 'Envoy does not accept this.');

describe('followRecord', () => {
  it('gives both gateways what is new, once', async test => {
    const { gateways, write, pass } = aFollowing(test);
    write(2);
    for (let step = 0; step < 5; step++) await pass(200);
    assert.deepEqual([gateways.odd.asked, gateways.even.asked], [[2], [2]]);
  });

  it('does not have a gateway wait for the other one', async test => {
    const { gateways, write, pass } = aFollowing(test);
    const hanging = Promise.withResolvers<void>();
    gateways.odd.answers(() => hanging.promise);
    write(2);
    await pass(200);
    write(3);
    await pass(200);
    assert.deepEqual(gateways.even.asked, [2, 3]);
    assert.deepEqual(gateways.odd.asked, [2]);
    hanging.resolve();
  });

  it('tries again what failed, not all the time, and says so once', async test => {
    const { gateways, told, write, pass } = aFollowing(test);
    gateways.odd.answers(() => Promise.reject(refusal));
    write(2);
    await pass(200);
    for (let step = 0; step < 9; step++) await pass(200);
    assert.deepEqual(gateways.odd.asked, [2]);
    await pass(200);
    assert.deepEqual(gateways.odd.asked, [2, 2]);
    assert.deepEqual(told, ['gateway of odd: ParityError: Envoy does not accept this.']);
  });

  it('tries a newer record at once: it may be the one that takes a bad one back', async test => {
    const { gateways, write, pass } = aFollowing(test);
    gateways.odd.answers(() => Promise.reject(refusal));
    write(2);
    await pass(200);
    gateways.odd.answers(() => Promise.resolve());
    write(3);
    await pass(200);
    assert.deepEqual(gateways.odd.asked, [2, 3]);
    assert.equal(gateways.odd.rendered().recordVersion, 3);
  });

  it('ends when it is closed', async test => {
    const { gateways, following, write, pass } = aFollowing(test);
    await following.close();
    write(2);
    await pass(10_000);
    assert.deepEqual(gateways.odd.asked, []);
  });
});
