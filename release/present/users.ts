import { isBaking } from '../../domain/record-laws.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import { presentThreshold } from './progress.ts';

/** Who is on the release that is being shipped: `10 % of the users and cohorts smoke, beta are on 42`. */
export function presentUsers(record: ReleaseRecord): string {
  const { candidate, live, threshold, cohorts } = record;
  if (isBaking(record)) return `Everybody is on ${live.release}`;
  if (threshold >= 1000) return `Everybody is on ${candidate}`;
  const groups = [
    ...(threshold === 0 ? [] : [`${presentThreshold(threshold)} of the users`]),
    ...(cohorts.length === 0 ? [] : [`cohort${cohorts.length === 1 ? '' : 's'} ${cohorts.join(', ')}`]),
  ];
  if (groups.length === 0) return `Nobody is on ${candidate}`;
  const text = groups.join(' and ');
  const verb = threshold === 0 && cohorts.length === 1 ? 'is' : 'are';
  return `${text[0]?.toUpperCase()}${text.slice(1)} ${verb} on ${candidate}`;
}
