import { namedReleases } from './record-laws.ts';
import type { ReleaseRecord } from './record-shape.ts';
import type { Release } from './release.ts';

/** What a release is in the pair, as the keeper tells its services. */
export type ReleaseRole = 'live' | 'candidate' | 'retiring';

/** The role of `release` in `record`; undefined when it has none (any more). */
export function roleOf(record: ReleaseRecord, release: Release): ReleaseRole | undefined {
  if (release === record.live.release) return 'live';
  if (release === record.candidate) return 'candidate';
  return namedReleases(record).includes(release) ? 'retiring' : undefined;
}
