import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordTime } from '../../domain/record-in.ts';
import type { Parity } from '../../domain/parity.ts';
import { parseRelease, type Release } from '../../domain/release.ts';
import type { MetricsPort, SampleQuery } from '../ports.ts';
import { meanOf } from './sample.ts';

/** Metrics under test, and the fleet that they tell of. Each resolves when the metrics may know of it. */
export interface MetricsUnderTest {
  readonly metrics: MetricsPort;
  /** Has users meet a release at both clusters; of that share of them every request fails. */
  meet(release: Release, failing: number): Promise<void>;
  /** Has processes of a release end by themselves. */
  end(release: Release, times: number): Promise<void>;
  /** Has a cluster's gateway not see its peer, the other one its own. */
  separate(parity: Parity): Promise<void>;
  /** From now on nobody can be asked. */
  goAway(): Promise<void>;
}

const [r41, r42] = [parseRelease('41'), parseRelease('42')];

/** For tests: the figures of a release since the record of `recordIn('shifted')` was written. */
export function figuresOf(release: Release, changes: Partial<SampleQuery> = {}): SampleQuery {
  const { nowMs: fromMs } = recordTime;
  return { measure: 'errors', routeClass: undefined, release, fromMs, toMs: fromMs + 60_000, ...changes };
}

/** What every source of figures must do. All tests may be about one world: the last makes an end of it. */
export function metricsContract(name: string, open: () => Promise<MetricsUnderTest>): void {
  describe(`metrics: ${name}`, () => {
    it('tell the share per user that failed, of each release apart', async () => {
      const { metrics, meet } = await open();
      await meet(r41, 0);
      await meet(r42, 0.25);
      const [good, bad] = [await metrics.sample(figuresOf(r41)), await metrics.sample(figuresOf(r42))];
      assert.equal(meanOf(good), 0);
      assert.equal(meanOf(bad), 0.25);
      assert.ok(good.users > 0 && bad.users > 0);
      assert.equal(bad.sumOfSquares, bad.sum);
    });

    it('count exactly the processes that ended by themselves', async () => {
      const { metrics, meet, end } = await open();
      await meet(r42, 0);
      await end(r42, 2);
      assert.equal(await metrics.restarts(figuresOf(r42)), 2);
    });

    it('tell which gateway does not see its peer', async () => {
      const { metrics, separate } = await open();
      assert.deepEqual(await metrics.apart(), []);
      await separate('odd');
      assert.deepEqual(await metrics.apart(), ['odd']);
    });

    it('are unreachable, never good, when nobody can be asked', async () => {
      const { metrics, meet, goAway } = await open();
      await meet(r42, 0);
      await goAway();
      await assert.rejects(metrics.sample(figuresOf(r42)), { code: 'unreachable' });
      await assert.rejects(metrics.restarts(figuresOf(r42)), { code: 'unreachable' });
      await assert.rejects(metrics.apart(), { code: 'unreachable' });
    });
  });
}
