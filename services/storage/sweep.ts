import type { LeasedRow, LeasedRows } from '../kit/database/rows.ts';
import { spoolFolders } from '../kit/spool/spool.ts';
import { reapVaultFolder } from './reap-vault.ts';
import type { Storing } from './storing.ts';
import { sweepAnnouncements } from './sweep-announcements.ts';
import { sweepSpoolFolder, type SpoolSweep } from './sweep-spool.ts';
import { vaultFolders } from './vault/vault.ts';

/** The one sweeper at a time, and where it has got to. */
export interface SweepRow extends LeasedRow {
  readonly _id: 'sweeper';
}

/** The collection of all leases. */
export const leaseCollection = 'leases';

/** When the sweeper thinks that something has lain too long. */
export interface SweepTimes {
  /** From acceptance, or storing, to the first time the sweeper steps in. */
  readonly afterMs: number;
  /** Age of a vault file that no row names before it is reaped: late, for its writer may only be frozen. */
  readonly orphanAfterMs: number;
}

/** Messages published in one round at the most, so that a backlog of an hour is no storm (failures.md 69). */
const messagesPerRound = 200;
/** An upload that has not been written to for so long was given up by its client. */
const incomingAfterMs = 60 * 60 * 1000;
/** Time for looking at vault files in one round, in milliseconds: the whole vault is seen over many rounds. */
const reapMsPerRound = 200;
/** The lease outlives a round; a dead holder's work is taken up after it. */
const leaseMs = 10_000;

/** What the last round did, for metrics. */
export interface SweepCounts {
  readonly republished: number;
  readonly renotified: number;
  readonly orphansReaped: number;
  readonly incomingReaped: number;
}

/** Back-off per document: nobody is swept more often than its tries allow. */
export interface Backoff {
  /** True when `id` may be swept now; counts the try. */
  due(id: string): boolean;
}

/**
 * The sweeper: finds what a dead process or broker left lying and publishes it again into our own release's queues.
 * One at a time, by a lease; and only in the live release, for a candidate must not touch others' papers.
 */
export function sweeper(
  storing: Storing,
  options: { leases: LeasedRows<SweepRow>; holder: string; times: SweepTimes; spool: SpoolSweep },
): { round(): Promise<SweepCounts | undefined> } {
  const { leases, holder, times, spool } = options;
  const backoff = backoffPerDocument(storing, times.afterMs);
  let vaultFolder = 0;

  const holdsLease = async () => {
    if (storing.role() !== 'live') return false;
    await leases.insert({ _id: 'sweeper', revision: 1 });
    return (await leases.lease('sweeper', { holder, forMs: leaseMs })) !== undefined;
  };

  /** Goes on where the last round ended, for as long as a round may take. */
  const reapVault = async () => {
    const until = storing.clock.monotonic() + reapMsPerRound;
    let reaped = 0;
    for (let looked = 0; looked < vaultFolders && storing.clock.monotonic() < until; looked++) {
      reaped += await reapVaultFolder(storing, vaultFolder, times.orphanAfterMs);
      vaultFolder = (vaultFolder + 1) % vaultFolders;
    }
    return reaped;
  };

  return {
    round: async () => {
      if (!(await holdsLease())) return undefined;
      let republished = 0;
      for (let folder = 0; folder < spoolFolders; folder++) {
        const left = messagesPerRound - republished;
        republished += await sweepSpoolFolder(storing, { folder, left, backoff, times, spool });
      }
      const renotified = await sweepAnnouncements(storing, {
        left: messagesPerRound - republished,
        backoff,
        times,
      });
      const orphansReaped = await reapVault();
      const incomingReaped = await storing.spool.reapIncoming(storing.clock.now() - incomingAfterMs);
      return { republished, renotified, orphansReaped, incomingReaped };
    },
  };
}

/** Documents remembered at the most; the oldest tries are forgotten first, and merely swept a little early. */
const rememberedTries = 100_000;
const longestBackoffMs = 10 * 60 * 1000;

function backoffPerDocument({ clock }: Storing, firstMs: number): Backoff {
  const tries = new Map<string, { nextMs: number; waitMs: number }>();
  return {
    due: id => {
      const now = clock.monotonic();
      const last = tries.get(id);
      if (last !== undefined && now < last.nextMs) return false;
      const waitMs = Math.min(longestBackoffMs, last === undefined ? firstMs : last.waitMs * 2);
      tries.delete(id);
      tries.set(id, { nextMs: now + waitMs, waitMs });
      const oldest = tries.size > rememberedTries ? tries.keys().next().value : undefined;
      if (oldest !== undefined) tries.delete(oldest);
      return true;
    },
  };
}
