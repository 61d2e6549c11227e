import { isParityError } from '../domain/errors.ts';
import { parities, perParityAsync, type Parity } from '../domain/parity.ts';
import { namedReleases } from '../domain/record-laws.ts';
import { roleOf, type ReleaseRecord, type ReleaseRole } from '../domain/record.ts';
import type { Release } from '../domain/release.ts';
import type { KeeperReport, ReleaseWorld } from '../release/ports.ts';
import { operatorOf } from '../release/store/operator-lock.ts';

/** One release in one cluster. */
export interface ReleaseHere {
  readonly release: Release;
  readonly role: ReleaseRole | undefined;
  readonly runs: boolean;
  /** Messages of it at this cluster's broker; undefined when that does not answer. */
  readonly backlog: number | undefined;
}

/** What a status tells of releases. */
export interface ReleaseView {
  readonly record: ReleaseRecord;
  /** Who ships at the moment, and since when. */
  readonly operator: { readonly who: string; readonly since: string } | undefined;
  readonly keepers: Readonly<Record<Parity, KeeperReport | undefined>>;
  readonly releases: Readonly<Record<Parity, readonly ReleaseHere[]>>;
}

/** Looks once at everything; what does not answer is left out, so that a status comes also from half a pair. */
export async function lookAtReleases({ store, objects, clusters }: ReleaseWorld): Promise<ReleaseView> {
  const [record, operator] = await Promise.all([store.read(), operatorOf(objects)]);
  const [keepers, releases] = await Promise.all([
    perParityAsync(parity => clusters[parity].keeper().catch(unlessAway)),
    perParityAsync(parity =>
      Promise.all(
        namedReleases(record).map(async release => ({
          release,
          role: roleOf(record, release),
          runs: record.runs[parity].includes(release),
          backlog: await clusters[parity].backlog(release).catch(unlessAway),
        })),
      ),
    ),
  ]);
  return { record, operator, keepers, releases };
}

function unlessAway(error: unknown): undefined {
  if (!isParityError(error)) throw error;
}

/** Every gateway routes by the newest record, as its keeper has read back. */
export function agrees({ record, keepers }: ReleaseView): boolean {
  return parities.every(parity => {
    const report = keepers[parity];
    return report !== undefined && report.readBack && report.recordVersion === record.version;
  });
}
