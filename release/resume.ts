import { ParityError } from '../domain/errors.ts';
import { isBaking } from '../domain/record-laws.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import type { Release } from '../domain/release.ts';
import { sayTakenBack } from './take-back.ts';

/**
 * The release that an engine can go on with: one that waits for a person, or whose engine died or was stopped.
 * @throws ParityError `release_refused` that says what to do instead
 */
export function resumable(record: ReleaseRecord): Release {
  const { candidate, live, step } = record;
  if (isBaking(record)) return live.release;
  if (candidate === undefined)
    throw new ParityError('release_refused', 'No release is being shipped: there is nothing to resume.');
  if (step !== undefined) return candidate;
  throw new ParityError(
    'release_refused',
    `${sayTakenBack(record, candidate)}: ship it again, ship a repaired build, or abort it.`,
  );
}
