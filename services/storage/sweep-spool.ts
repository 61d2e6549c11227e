import type { DocumentId } from '../../domain/document-id.ts';
import type { Parity } from '../../domain/parity.ts';
import type { Manifest } from '../kit/spool/manifest.ts';
import type { SpoolName } from '../kit/spool/spool.ts';
import { acceptedMessageOf, readRow, type Storing } from './storing.ts';
import type { Backoff, SweepTimes } from './sweep.ts';

/** A receipt answers repeats for the idempotency key's life (design.md §3). */
const receiptLifeMs = 7 * 24 * 60 * 60 * 1000;
/** A large document is worked on for longer before it counts as forgotten. */
const workBytesPerSecond = 5 * 1024 * 1024;

/** What the sweeper learns from the messages that this process is given. */
export interface SpoolSweep {
  /** Epoch milliseconds of the youngest document that a broker has delivered to us; undefined before the first. */
  newestDelivered(broker: Parity): number | undefined;
  /** Receipts seen, with the end of their life (epoch milliseconds): their files need not be read again. */
  readonly receipts: Map<DocumentId, number>;
}

/** One folder's share of a round. */
export interface FolderSweep {
  readonly folder: number;
  /** Messages that may still be published in this round. */
  readonly left: number;
  readonly backoff: Backoff;
  readonly times: SweepTimes;
  readonly spool: SpoolSweep;
}

/** Publishes what lies too long in one of the spool's folders, and lets expired receipts go; how many published. */
export async function sweepSpoolFolder(storing: Storing, sweep: FolderSweep): Promise<number> {
  let published = 0;
  for (const name of await storing.spool.listFolder(sweep.folder)) {
    if (published >= sweep.left) break;
    if (await sweepName(storing, name, sweep)) published += 1;
  }
  return published;
}

async function sweepName(
  storing: Storing,
  { id, modifiedAtMs }: SpoolName,
  sweep: FolderSweep,
): Promise<boolean> {
  const now = storing.clock.now();
  const receiptEndsMs = sweep.spool.receipts.get(id);
  if (receiptEndsMs !== undefined) {
    if (now > receiptEndsMs) await dropReceipt(storing, id, sweep.spool);
    return false;
  }
  if (now - modifiedAtMs < sweep.times.afterMs) return false;
  const manifest = await storing.spool.find(id);
  if (manifest === undefined) return false;
  if (manifest.settled !== undefined) {
    sweep.spool.receipts.set(id, Date.parse(manifest.acceptedAt) + receiptLifeMs);
    return false;
  }
  return isForgotten(manifest, now, sweep) && republish(storing, manifest, sweep);
}

function isForgotten(manifest: Manifest, now: number, { times }: FolderSweep): boolean {
  const workMs = (manifest.size / workBytesPerSecond) * 1000;
  return now - Date.parse(manifest.acceptedAt) > times.afterMs + workMs;
}

/** Parked is a state that a person ends; everything else that still has its payload is worked on again. */
async function republish(storing: Storing, manifest: Manifest, sweep: FolderSweep): Promise<boolean> {
  if (await isStillQueued(storing, manifest, sweep.spool)) return false;
  const version = { document: manifest.id, version: 1 };
  const row = await readRow(storing, version);
  if (row?.state === 'parked' || !sweep.backoff.due(manifest.id)) return false;
  const acceptedAt = new Date(manifest.acceptedAt);
  await storing.broker.publish(
    acceptedMessageOf({ ...version, generation: row?.generation ?? 0, acceptedAt }),
  );
  return true;
}

/** A queue that still has messages, and has not yet got as far as this document, may well hold it (failures.md 69). */
async function isStillQueued({ broker }: Storing, manifest: Manifest, spool: SpoolSweep): Promise<boolean> {
  const depth = await broker.depth('document.accepted', manifest.cluster);
  if (depth === undefined || depth.ready === 0) return false;
  return (spool.newestDelivered(manifest.cluster) ?? 0) < Date.parse(manifest.acceptedAt);
}

async function dropReceipt(storing: Storing, id: DocumentId, spool: SpoolSweep): Promise<void> {
  await storing.spool.remove(id);
  spool.receipts.delete(id);
}
