/**
 * Papers a second of the usual mix that a machine of two cores sustains: accepted within 250 ms at p99, and no queue
 * grows. `npm run bench -- rated` prints it for the machine at hand; PARITY_RATED says it to the tests.
 */
const ratedOfTwoCores = 12;

/** Releases are shipped under half of what the machine sustains (issue 5). @throws TypeError for no rate */
export function halfTheRatedLoad(env: Readonly<Record<string, string | undefined>>): number {
  const rated = Number(env['PARITY_RATED'] ?? ratedOfTwoCores);
  if (!(rated > 0)) throw new TypeError(`PARITY_RATED is no rate: ${env['PARITY_RATED']}`);
  return rated / 2;
}
