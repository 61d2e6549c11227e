import { settledWeights } from '../../domain/dns-weights.ts';
import { parityOfSprint, perParity, type Parity } from '../../domain/parity.ts';
import { firstRecord, parseRecord, type ReleaseRecord } from '../../domain/record.ts';
import { parseRelease, type Release } from '../../domain/release.ts';
import { seededRandom } from './simulate-release.ts';
import { laptopPolicy } from '../policies.ts';
import { parsePolicy, type Policy } from '../policy.ts';
import type { Random, ReleaseWorld } from '../ports.ts';
import { objectJournal } from '../store/object-journal.ts';
import { createRecord, objectRecordStore } from '../store/record-store.ts';
import { fakeCluster, type FakeCluster } from './fake-cluster.ts';
import { fakeChecks, fakeDns, fakeMetrics, type Fleet } from './fake-outside.ts';
import { memoryObjects, rememberedObjects, type PeekableObjects, type StoreFault } from './memory-objects.ts';
import { virtualClock, type VirtualClock } from './virtual-clock.ts';

/** A pair in memory with real keepers, where release 41 is live and only a virtual clock moves. */
export interface TestWorld extends ReleaseWorld {
  readonly clock: VirtualClock;
  readonly clusters: Readonly<Record<Parity, FakeCluster>>;
  readonly fleet: Fleet;
  readonly cannotStart: Set<Release>;
  readonly brokenSmoke: Set<Release>;
  /** Asked at each call of the store by anybody. */
  storeFault: () => StoreFault;
  /** The record past all faults, at once. */
  record(): ReleaseRecord;
}

/** Steps of seconds, and evidence in plenty. */
export const testPolicy: Policy = parsePolicy({
  ...laptopPolicy,
  name: 'test',
  beta: { cohorts: ['beta'], minimumMs: 1_000 },
  shift: [
    { percent: 10, holdMs: 2_000, margin: 0.02 },
    { percent: 50, holdMs: 2_000, margin: 0.02 },
    { percent: 100, holdMs: 1_000, margin: 0.02 },
  ],
  flip: { percents: [50, 100], holdMs: 1_000 },
  bake: { holdMs: 2_000, margin: 0.02 },
  unproven: 'wait',
  judgedForMs: 15_000,
  unattendedMs: 30_000,
  convergeWithinMs: 5_000,
  leaseMs: 5_000,
});

/** What of a world is not in memory: ends that are reached through a network. They work while the clock is held. */
export type RealEnds = (clock: VirtualClock) => Pick<ReleaseWorld, 'objects' | 'dns'>;

/** A pair whose record was made when the clock began. */
export async function testWorld(policy = testPolicy, realEnds?: RealEnds): Promise<TestWorld> {
  const clock = virtualClock();
  const real = realEnds?.(clock);
  const random = numbered();
  const live = { parity: parityOfSprint(41), release: parseRelease('41') };
  const first = firstRecord({ live, at: new Date(clock.now()).toISOString(), who: 'a test', nonce: 'first' });
  const fleet: Fleet = { errors: new Map(), ended: new Map(), away: false, apart: [] };
  const [cannotStart, brokenSmoke] = [new Set<Release>(), new Set<Release>()];
  const faulty = { storeFault: (): StoreFault => 'none' };
  const objects =
    real === undefined
      ? memoryObjects(() => faulty.storeFault(), clock.delay)
      : rememberedObjects(real.objects);
  const journal = objectJournal({ objects, clock });
  const store = objectRecordStore({ objects, journal, clock, random });
  const metrics = fakeMetrics(fleet);
  await createRecord({ objects, clock }, first);
  const clusters = perParity(parity =>
    fakeCluster({ parity, clock, store, metrics, policy, cannotStart, running: [live.release] }),
  );
  return Object.assign(faulty, {
    clock,
    random,
    fleet,
    cannotStart,
    brokenSmoke,
    objects,
    journal,
    store,
    metrics,
    clusters,
    dns: real?.dns ?? fakeDns(settledWeights(first)),
    checks: fakeChecks(parity => clusters[parity].isUp(), brokenSmoke),
    record: recordOf(objects),
  });
}

/** The record past all faults, read again only when it has changed. */
function recordOf(objects: PeekableObjects): () => ReleaseRecord {
  let known: { text: string; record: ReleaseRecord } | undefined;
  return () => {
    const text = objects.peek('record') ?? '';
    if (known?.text !== text) known = { text, record: parseRecord(JSON.parse(text)) };
    return known.record;
  };
}

/** Bytes that are never the same twice and the same in every run. */
function numbered(): Random {
  const random = seededRandom(41);
  return { bytes: count => Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256))) };
}
