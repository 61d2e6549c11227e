import { parities, perParity, type Parity } from '../../domain/parity.ts';
import type { LeasedRow, LeasedRows } from '../kit/database/rows.ts';
import type { Clock } from '../kit/ports.ts';
import { recentlyUsed } from '../kit/recently-used.ts';
import { shards } from '../kit/shard.ts';
import { reapVaultFolder } from './reap-vault.ts';
import type { Storing } from './storing.ts';
import { backoffPerDocument, type NewestDelivered, type SweepTimes } from './sweeping.ts';
import { announcementSweeper } from './sweep-announcements.ts';
import { sweepSpoolFolder, type QuietFolder, type Receipt } from './sweep-spool.ts';

/** The one sweeper at a time. */
export interface SweepRow extends LeasedRow {
  readonly _id: 'sweeper';
}

/** The collection of all leases. */
export const leaseCollection = 'leases';

/** What a sweeper is given besides storage's own things. */
export interface SweeperOptions {
  readonly leases: LeasedRows<SweepRow>;
  /** Who we are to the lease: new for each process. */
  readonly holder: string;
  readonly times: SweepTimes;
  readonly newestDelivered: NewestDelivered;
}

/** Messages published in one round at the most, so that a backlog of an hour is no storm (failures.md 69). */
const messagesPerRound = 200;
/** An upload that has not been written to for so long was given up by its client. */
const incomingAfterMs = 60 * 60 * 1000;
/** Time for looking at spool files, and at vault files, in one round: a large folder is seen over many rounds. */
const spoolMsPerRound = 2_000;
const vaultMsPerRound = 200;
/** A dead holder's work is taken up after it. */
const leaseMs = 10_000;
/** Receipts remembered, so that their files are not read in every round. */
const rememberedReceipts = 200_000;

/** What a round did, for metrics. */
export interface SweepCounts {
  readonly republished: number;
  readonly renotified: number;
  readonly orphansReaped: number;
  readonly incomingReaped: number;
}

/**
 * The sweeper: finds what a dead process or broker left lying and publishes it again into our own release's queues.
 * One at a time, by a lease; and only in the live release, for a candidate must not touch others' papers.
 */
export function sweeper(
  storing: Storing,
  { leases, holder, times, newestDelivered }: SweeperOptions,
): { round(): Promise<SweepCounts | undefined> } {
  const mayWork = sweepLease(storing, leases, holder);
  const backoff = backoffPerDocument(storing, times.afterMs);
  const receipts = recentlyUsed<Receipt>(rememberedReceipts);
  const quiet = new Map<number, QuietFolder>();
  const sweepAnnouncements = announcementSweeper(storing, { backoff, times });
  const { clock } = storing;
  const going = goOn(storing);
  const spoolInTurn = inTurn(shards, { clock, forMs: spoolMsPerRound, everyMs: 0, mayWork, going });
  // A file's row is asked for each time: what is reaped late is looked at seldom.
  const everyMs = times.orphanAfterMs / 60;
  const vaultInTurn = inTurn(shards, { clock, forMs: vaultMsPerRound, everyMs, mayWork, going });

  return {
    round: async () => {
      if (!(await mayWork())) return undefined;
      let left = messagesPerRound;
      const queued = await queuedMessages(storing);
      const republished = await spoolInTurn(async folder => {
        const sweep = { folder, left, backoff, times, queued, newestDelivered, receipts, quiet };
        const swept = await sweepSpoolFolder(storing, sweep);
        left -= swept;
        return swept;
      });
      const renotified = await going(sweepAnnouncements(left));
      const orphansReaped = await vaultInTurn(folder =>
        reapVaultFolder(storing, folder, times.orphanAfterMs),
      );
      const incomingReaped = await going(
        storing.spool.reapIncoming({ nowMs: clock.now(), untouchedMs: incomingAfterMs }),
      );
      return { republished, renotified, orphansReaped, incomingReaped };
    },
  };
}

/** Awaits one part of a round; what fails in it keeps no other part from its turn, in this round or in later ones. */
type GoOn = (part: Promise<number>) => Promise<number>;

function goOn({ log }: Storing): GoOn {
  return part =>
    part.catch((error: unknown) => {
      log.warn({ error }, 'a part of the sweeper’s round failed; the others go on');
      return 0;
    });
}

/** What waits on each broker, asked once a round: one that does not answer takes its time to say so. */
async function queuedMessages({ broker }: Storing): Promise<Record<Parity, number>> {
  const depths = await Promise.all(parities.map(parity => broker.depth('document.accepted', parity)));
  const ready = new Map(parities.map((parity, index) => [parity, depths[index]?.ready ?? 0]));
  return perParity(parity => ready.get(parity) ?? 0);
}

/** Asks whether we are the sweeper: live, and holding the lease, which is prolonged in good time. */
function sweepLease({ clock, role }: Storing, leases: LeasedRows<SweepRow>, holder: string) {
  let askAtMs = Number.NEGATIVE_INFINITY;
  return async (): Promise<boolean> => {
    if (role() !== 'live') return false;
    const now = clock.monotonic();
    if (now < askAtMs) return true;
    await leases.insert({ _id: 'sweeper', revision: 1 });
    const isHeld = (await leases.lease('sweeper', { holder, forMs: leaseMs })) !== undefined;
    askAtMs = isHeld ? now + leaseMs / 2 : Number.NEGATIVE_INFINITY;
    return isHeld;
  };
}

interface Turns {
  readonly clock: Clock;
  /** How long a round may take. */
  readonly forMs: number;
  /** From the first folder to the first folder again, at least. */
  readonly everyMs: number;
  readonly mayWork: () => Promise<boolean>;
  readonly going: GoOn;
}

/** Visits numbered folders, going on where the last round ended; adds up. */
function inTurn(folders: number, { clock, forMs, everyMs, mayWork, going }: Turns) {
  let next = 0;
  let turnsAtMs = Number.NEGATIVE_INFINITY;
  return async (visit: (folder: number) => Promise<number>): Promise<number> => {
    const until = clock.monotonic() + forMs;
    let sum = 0;
    for (let visited = 0; visited < folders && clock.monotonic() < until; visited++) {
      if (next === 0 && clock.monotonic() < turnsAtMs) break;
      if (!(await mayWork())) break;
      if (next === 0) turnsAtMs = clock.monotonic() + everyMs;
      const folder = next;
      next = (next + 1) % folders;
      sum += await going(visit(folder));
    }
    return sum;
  };
}
