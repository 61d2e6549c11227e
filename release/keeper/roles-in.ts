import { namedReleases } from '../../domain/record-laws.ts';
import { roleOf, type ReleaseRecord, type ReleaseRole } from '../../domain/record.ts';

/** The role of every release that the record names: what a keeper tells the services of its cluster. */
export function rolesIn(record: ReleaseRecord): Record<string, ReleaseRole | undefined> {
  return Object.fromEntries(namedReleases(record).map(release => [release, roleOf(record, release)]));
}
