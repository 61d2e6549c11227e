import { isReadable } from '../../domain/document.ts';
import type { DocumentId } from '../../domain/document-id.ts';
import { isParityError } from '../../domain/errors.ts';
import type { Parity } from '../../domain/parity.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import type { RecentlyUsed } from '../kit/recently-used.ts';
import type { Manifest } from '../kit/spool/manifest.ts';
import type { LeavingFile } from '../kit/spool/removal.ts';
import type { SpoolName } from '../kit/spool/spool.ts';
import { letGo } from './drop-document.ts';
import { isOfOtherBytes, unknownManifest } from './set-aside.ts';
import { mayLetGo } from './settle-document.ts';
import { acceptedMessageOf, findInSpool, readRow, type Storing } from './storing.ts';
import type { Backoff, NewestDelivered, SweepTimes } from './sweeping.ts';

/** A receipt answers repeats for the idempotency key's life (design.md §3). */
const receiptLifeMs = 7 * 24 * 60 * 60 * 1000;
/** A large document is worked on for longer before it counts as forgotten. */
const workBytesPerSecond = 5 * 1024 * 1024;

/** A folder's clock may be a file server's, and its times coarse: a change as young as this may hide another. */
const changesShowAfterMs = 10_000;

/**
 * A receipt that was seen is believed in for so long before its file is looked at again: receipts live for seven days,
 * and a busy spool has hundreds of thousands. One that goes before its end (a vault file was lost, and the paper is to
 * be sent again) may give its name to a new document: should that lose its message, it is swept so much later.
 */
const believedMs = 10 * 60_000;

/** A receipt that was seen: while its file is unchanged it need not be read again. */
export interface Receipt {
  readonly modifiedAtMs: number;
  /** Epoch milliseconds. */
  readonly endsMs: number;
  readonly seen: Visit;
}

/** When a folder was looked into. */
interface Visit {
  /** On the monotonic clock. */
  readonly atMs: number;
  /** The folder's last change before it; undefined while another might have the same time. */
  readonly changedAtMs: number | undefined;
}

/** A folder in which all is receipts: until it changes, or the first of them ends, it need not be listed again. */
export interface QuietFolder {
  readonly changedAtMs: number;
  /** Epoch milliseconds; of an empty folder never. */
  readonly endsMs: number;
}

/** One folder's share of a round. */
export interface FolderSweep {
  readonly newestDelivered: NewestDelivered;
  readonly folder: number;
  /** Messages that may still be published in this round. */
  readonly left: number;
  readonly backoff: Backoff;
  readonly times: SweepTimes;
  /** Messages that wait on each broker; none on one that does not answer. */
  readonly queued: Readonly<Record<Parity, number>>;
  readonly receipts: RecentlyUsed<Receipt>;
  /** By the folder's number. */
  readonly quiet: Map<number, QuietFolder>;
}

/** Publishes what lies too long in one of the spool's folders, and lets expired receipts go; how many published. */
export async function sweepSpoolFolder(storing: Storing, sweep: FolderSweep): Promise<number> {
  const { spool, clock } = storing;
  const { folder, quiet } = sweep;
  const now = clock.now();
  // Looked at before the names: what comes meanwhile is a change the next time.
  const changedAtMs = await spool.folderChangedAt(folder);
  const known = quiet.get(folder);
  if (known?.changedAtMs === changedAtMs && now <= known.endsMs) return 0;
  quiet.delete(folder);
  const isShown = now - changedAtMs > changesShowAfterMs;
  const visit: Visit = { atMs: clock.monotonic(), changedAtMs: isShown ? changedAtMs : undefined };
  const believed = receiptsBelieved(sweep, visit, now);
  let published = 0;
  const receipts: Receipt[] = [];
  const { names, leaving } = await spool.listFolder(folder, believed.has);
  for (const file of leaving) await giveNameBack(storing, file);
  for (const name of names) {
    if (published >= sweep.left) return published;
    const seen = await sweepName(storing, name, { sweep, visit });
    if (seen === 'published') published += 1;
    else if (seen !== 'left') receipts.push(seen);
  }
  const all = [...receipts, ...believed.met];
  // A receipt that was seen before the folder's last change may have given its name to a document since.
  const isCertain = all.every(({ seen }) => seen.changedAtMs === changedAtMs);
  const isQuiet = leaving.length === 0 && receipts.length === names.length;
  if (isShown && isCertain && isQuiet) {
    quiet.set(folder, {
      changedAtMs,
      endsMs: all.reduce((ends, { endsMs }) => Math.min(ends, endsMs), Infinity),
    });
  }
  return published;
}

/** Whoever began to remove it may have died before he saw what it is; it must not hide what is behind it. */
async function giveNameBack({ spool, log }: Storing, { id, path }: LeavingFile): Promise<void> {
  try {
    if (!(await spool.putBack({ id, path })))
      log.warn({ document: id }, 'a spool file waits for its name, which another document has');
  } catch (error) {
    if (!isParityError(error, 'spool_unavailable')) throw error;
    log.warn({ document: id, error }, 'a spool file cannot be given its name back; the sweeper passes it by');
  }
}

/** Which names need no look, for they were seen to be receipts not long ago; and those that were met. */
function receiptsBelieved({ receipts }: FolderSweep, visit: Visit, now: number) {
  const met: Receipt[] = [];
  const has = (id: DocumentId): boolean => {
    const known = receipts.get(id);
    const isBelieved =
      known !== undefined && visit.atMs - known.seen.atMs < believedMs && now <= known.endsMs;
    if (isBelieved) met.push(known);
    return isBelieved;
  };
  return { met, has };
}

/** The receipt that has the name; or whether what has it was published, or left to others or for later. */
async function sweepName(
  storing: Storing,
  name: SpoolName,
  { sweep, visit }: { sweep: FolderSweep; visit: Visit },
): Promise<Receipt | 'published' | 'left'> {
  const { id, modifiedAtMs } = name;
  const now = storing.clock.now();
  const known = sweep.receipts.get(id);
  if (known?.modifiedAtMs === modifiedAtMs && now <= known.endsMs) {
    const again = { ...known, seen: visit };
    sweep.receipts.set(id, again);
    return again;
  }
  if (now - modifiedAtMs < sweep.times.afterMs) return 'left';
  const found = await findOrPass(storing, id, sweep);
  if (found === undefined) return 'left';
  if (found === 'damaged') return (await sweepDamaged(storing, name, sweep)) ? 'published' : 'left';
  if (found.settled === undefined) {
    const since = acceptedAtMs(found, name);
    const isSwept =
      isForgotten(found, now - since, sweep) && (await republish(storing, found, { since, sweep }));
    return isSwept ? 'published' : 'left';
  }
  const receipt = { modifiedAtMs, endsMs: receiptEndsMs(found), seen: visit };
  if (now <= receipt.endsMs) {
    sweep.receipts.set(id, receipt);
    return receipt;
  }
  await storing.spool.remove(
    id,
    lying => lying !== 'damaged' && lying.settled !== undefined && now > receiptEndsMs(lying),
  );
  return 'left';
}

function receiptEndsMs({ acceptedAt }: Manifest): number {
  return Date.parse(acceptedAt) + receiptLifeMs;
}

/** A file that cannot be read must not hide those behind it; the alarm comes as seldom as it would be swept. */
async function findOrPass(storing: Storing, document: DocumentId, { backoff }: FolderSweep) {
  try {
    return await findInSpool(storing, document);
  } catch (error) {
    if (!isParityError(error, 'spool_unavailable')) throw error;
    if (backoff.isDue(`read ${document}`)) {
      const fields = { document, error, alarm: 'spool_unreadable' };
      storing.log.error(fields, 'an accepted document cannot be read; the sweeper passes it by');
      backoff.tried(`read ${document}`);
    }
    return undefined;
  }
}

/** Whoever accepted it may have had a clock that was ahead; the file server's is asked too (failures.md 56). */
function acceptedAtMs({ acceptedAt }: Manifest, { modifiedAtMs }: SpoolName): number {
  return Math.min(Date.parse(acceptedAt), modifiedAtMs);
}

function isForgotten({ size }: Manifest, agoMs: number, { times }: FolderSweep): boolean {
  return agoMs > times.afterMs + (size / workBytesPerSecond) * 1000;
}

async function republish(
  storing: Storing,
  manifest: Manifest,
  { since, sweep }: { since: number; sweep: FolderSweep },
): Promise<boolean> {
  if (isStillQueued(manifest, since, sweep)) return false;
  const row = await readRow(storing, { document: manifest.id, version: 1 });
  return hasWork(storing, manifest, row) && publishAgain(storing, { manifest, row }, sweep);
}

/** Whoever works on it will find it damaged and say so in its row. */
async function sweepDamaged(
  storing: Storing,
  { id, modifiedAtMs }: SpoolName,
  sweep: FolderSweep,
): Promise<boolean> {
  const row = await readRow(storing, { document: id, version: 1 });
  if (row?.state === 'cancelled') await letGo(storing, row);
  if (row !== undefined && row.state !== 'storing') return false;
  const acceptedAt = new Date(modifiedAtMs).toISOString();
  const manifest = unknownManifest(storing, { document: id, acceptedAt });
  return publishAgain(storing, { manifest, row }, sweep);
}

/** Whether a payload that lies here is needed for something that we may do; parked is a state that a person ends. */
function hasWork(storing: Storing, manifest: Manifest, row: DocumentRow | undefined): boolean {
  if (row === undefined || ['storing', 'corrupt', 'lost'].includes(row.state)) return true;
  if (isOfOtherBytes(row, manifest)) return true;
  const isDone = isReadable(row.state) || row.state === 'rejected' || row.state === 'cancelled';
  return isDone && mayLetGo(storing, row);
}

async function publishAgain(
  storing: Storing,
  { manifest, row }: { manifest: Manifest; row: DocumentRow | undefined },
  { backoff }: FolderSweep,
): Promise<boolean> {
  const document = manifest.id;
  if (!backoff.isDue(document)) return false;
  const acceptedAt = new Date(manifest.acceptedAt);
  const generation = row?.generation ?? 0;
  await storing.broker.publish(acceptedMessageOf({ document, version: 1, generation, acceptedAt }));
  backoff.tried(document);
  return true;
}

/** A queue that still has messages, and has not yet got as far as this document, may well hold it (failures.md 69). */
function isStillQueued(
  { cluster }: Manifest,
  since: number,
  { queued, newestDelivered }: FolderSweep,
): boolean {
  return queued[cluster] > 0 && (newestDelivered(cluster) ?? 0) < since;
}
