import { ParityError } from '../domain/errors.ts';

/**
 * Papers a second of the usual mix that a machine of two cores sustains: accepted within 250 ms at p99, and no queue
 * grows. `npm run bench -- rated` prints it for the machine at hand; PARITY_RATED says it to the tests.
 */
const ratedOfTwoCores = 12;

/** Releases are shipped under half of what the machine sustains (issue 5). @throws ParityError `invalid_configuration` */
export function halfTheRatedLoad(env: Readonly<Record<string, string | undefined>>): number {
  const rated = Number(env['PARITY_RATED'] ?? ratedOfTwoCores);
  if (!(rated > 0)) {
    const message = `PARITY_RATED must be papers a second, not "${env['PARITY_RATED']}".`;
    throw new ParityError('invalid_configuration', message);
  }
  return rated / 2;
}
