import { isBaking, isExposed, judgementLeftMs } from '../domain/record-laws.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import { nextRepair, type Release } from '../domain/release.ts';
import { waitsForWord } from '../release/orders.ts';
import { laptopPolicy } from '../release/policies.ts';
import { presentDuration } from '../release/present/duration.ts';
import { presentUsers } from '../release/present/users.ts';
import type { ShipEnd } from '../release/ship.ts';
import type { ExitCode } from './report-error.ts';

/** How shipping ended, as an exit code. */
export const shipExitCodes = {
  settled: 0,
  reached: 0,
  failed: 1,
  'rolled-back': 3,
  waiting: 4,
} as const satisfies Record<ShipEnd['outcome'], ExitCode>;

/** How shipping ended, for people: what was seen, where users are now, and what can be done. */
export function presentShipEnd(
  { outcome, step, why, seen }: ShipEnd,
  at: {
    readonly record: ReleaseRecord;
    readonly release: Release;
    readonly nowMs: number;
    readonly tookMs: number;
  },
): string {
  const { record, release, nowMs, tookMs } = at;
  const took = presentDuration(tookMs);
  const told = seen.map(line => `    ${line}`);
  switch (outcome) {
    case 'settled':
      return `Release ${release} is live and settled, after ${took}.`;
    case 'reached':
      return [
        `Release ${release} has reached ${step}, after ${took}.`,
        ...whereUsersAre(record, release, nowMs),
      ].join('\n');
    case 'waiting':
      return [
        `Release ${release} waits at ${step}: ${why}`,
        ...told,
        ...whereUsersAre(record, release, nowMs),
      ].join('\n');
    case 'rolled-back':
      return [
        `Release ${release} was taken back at ${step ?? 'once'}: ${why}`,
        ...told,
        `Everybody is on ${record.live.release}. It stays deployed: look at it, then ship a repair (${nextRepair(release)}), or ./parity abort.`,
      ].join('\n');
    case 'failed':
      return [
        `Release ${release} failed at ${step ?? 'once'}: ${why}`,
        ...told,
        `Nobody has met it; ${record.live.release} is live.`,
      ].join('\n');
  }
}

/** Where users are while nobody is at the keyboard, for how long, and what can be done. */
function whereUsersAre(record: ReleaseRecord, release: Release, nowMs: number): string[] {
  const { step } = record;
  if (step === undefined) return [`Nobody is on ${release}.`, `  ./parity ship ${release} begins again.`];
  const promote = waitsForWord(step, laptopPolicy) ? ' promote lets it leave the step,' : '';
  const next = `  ./parity resume goes on,${promote} rollback takes everybody back.`;
  if (!isExposed(record) && !isBaking(record)) return [`Nobody is on ${release}.`, next];
  const left = presentDuration(Math.max(0, judgementLeftMs(record, nowMs) ?? 0));
  const watched = isBaking(record)
    ? 'Keepers watch, and take them back if it is worse.'
    : `Keepers take them back if it is worse, or in ${left} if nobody goes on.`;
  return [`${presentUsers(record)}. ${watched}`, next];
}
