import assert from 'node:assert/strict';
import { parities, peerOf, perParity } from '../../domain/parity.ts';
import { isExposed, isLapsed, namedReleases } from '../../domain/record-laws.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { Rendered } from '../keeper/render.ts';
import type { TestWorld } from './test-world.ts';

/** After its judgement ended, so long may a living keeper take to render that: two polls. */
const graceMs = 1_100;

/** Looks at a world whenever all is still; throws when it is not as it must always be. */
export function watchInvariants(world: TestWorld): () => void {
  const seen = {
    version: 0,
    records: new Map<number, ReleaseRecord>(),
    rendered: perParity((): Rendered | undefined => undefined),
    unjudgedSinceMs: perParity((): number | undefined => undefined),
  };
  return () => {
    // Lawful, or it could not be read.
    const record = world.record();
    assert.ok(record.version >= seen.version, 'the record went backwards');
    seen.version = record.version;
    seen.records.set(record.version, record);
    coverStands(world, record);
    exposedRuns(world, record);
    for (const parity of parities) {
      const now = world.clusters[parity].gateway.current();
      const before = seen.rendered[parity];
      if (now === undefined) continue;
      assert.ok(now.recordVersion >= (before?.recordVersion ?? 0), `${parity} routes by an older record`);
      assert.ok(now.recordVersion <= record.version, `${parity} routes by a record that never was`);
      assert.ok(!now.lapsed || !isExposed(now.routing), `${parity} sends users to what nobody judged`);
      assert.ok(
        now.routing.candidate !== undefined || !isExposed(now.routing),
        'a threshold without a candidate',
      );
      seen.rendered[parity] = now;
      const { clock, clusters } = world;
      // A keeper that has not read that the time was cut short, since the store is away, goes by the longer one.
      const known = seen.records.get(now.recordVersion) ?? record;
      const hasLapsed = [record, known].every(each => isLapsed(each, clock.now()));
      const unjudged = hasLapsed && isOnUnproven(now, record) && clusters[parity].isUp();
      seen.unjudgedSinceMs[parity] = unjudged
        ? (seen.unjudgedSinceMs[parity] ?? clock.monotonic())
        : undefined;
      const forMs = clock.monotonic() - (seen.unjudgedSinceMs[parity] ?? clock.monotonic());
      assert.ok(forMs <= graceMs, `${parity} does not end what nobody judges`);
    }
  };
}

/** Whether a gateway sends users to what somebody has to judge; one that has not met the newest record may not. */
function isOnUnproven({ routing }: Rendered, { live, previous }: ReleaseRecord): boolean {
  return isExposed(routing) || (previous !== undefined && routing.live.release === live.release);
}

/** The live release, and in a bake the one before too, can serve in both clusters. */
function coverStands(world: TestWorld, record: ReleaseRecord): void {
  const needed = [record.live.release, record.previous].filter(release => release !== undefined);
  for (const parity of parities)
    for (const release of needed)
      assert.ok(world.clusters[parity].isReady(release), `the cover of ${release} is missing on ${parity}`);
}

/** Where users are sent, there is something. */
function exposedRuns(world: TestWorld, record: ReleaseRecord): void {
  if (!isExposed(record) || record.candidate === undefined) return;
  const idle = peerOf(record.live.parity);
  assert.ok(
    world.clusters[idle].isReady(record.candidate),
    'users are sent to a candidate that is not there',
  );
}

/** Everything that was ever written of the record is told, in the journals or still in the record. */
async function journalExplains(world: TestWorld): Promise<void> {
  const record = world.record();
  const versions = new Set(record.writes.map(({ version }) => version));
  for (const release of ['41', '42', '42.1', '43', '44'] as const) {
    const entries = await world.journal.read(release as (typeof record.live)['release']);
    for (const entry of entries) if (entry.kind === 'write') versions.add(entry.version);
  }
  const missing = Array.from({ length: record.version }, (_, at) => at + 1).filter(at => !versions.has(at));
  assert.deepEqual(missing, [], 'writes that no journal tells of');
}

/** When all is healed and has been left alone for long: nobody is on unproven ground, and both clusters agree. */
export async function endsWell(world: TestWorld): Promise<void> {
  const record = world.record();
  assert.ok(!isExposed(record), 'users are on a candidate that nobody judges');
  assert.equal(record.previous, undefined, 'a bake that nobody judges goes on');
  for (const parity of parities) {
    const rendered = world.clusters[parity].gateway.current();
    assert.equal(rendered?.recordVersion, record.version, `${parity} did not take over the newest record`);
    for (const release of world.clusters[parity].queues())
      assert.ok(namedReleases(record).includes(release), `${release} was forgotten on ${parity}`);
  }
  await journalExplains(world);
}
