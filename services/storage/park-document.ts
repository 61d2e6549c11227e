import type { DocumentId } from '../../domain/document-id.ts';
import type { Parking } from '../../domain/document.ts';
import type { Delivery, GivenUp } from '../kit/broker/broker.ts';
import { keepStray } from '../kit/stray.ts';
import { setAside, unknownManifest } from './set-aside.ts';
import { findInSpool, readRow, type Storing } from './storing.ts';

/** A message that is not tried again. */
export interface Unworkable {
  readonly delivery: Delivery;
  readonly why: GivenUp;
  readonly lastReason: string | undefined;
}

/** The document that a message is about, and why it is parked. */
interface Parkable {
  readonly document: DocumentId;
  readonly acceptedAt: string;
  /** The message's; undefined when it is of a schema that has another place for it, or none. */
  readonly generation?: number;
  readonly reason: Parking;
  readonly note: string | undefined;
}

/**
 * Puts a document aside, with its reason, for a person to replay or drop: parked is a state of its row, and the spool
 * file stays. A message that names no document that could be parked is kept as it came; one from before a replay says
 * nothing of what the replay will come to (failures.md 31).
 */
export async function parkDocument(storing: Storing, unworkable: Unworkable): Promise<void> {
  const { delivery, why, lastReason } = unworkable;
  const parkable = parkableOf(storing, unworkable);
  storing.log.error({ document: parkable?.document, why, lastReason }, 'a message is put aside');
  const isParked = parkable !== undefined && (await parkRow(storing, parkable));
  if (!isParked) await keepStray(storing.strays, delivery, { why, at: new Date(storing.clock.now()) });
}

function parkableOf({ clock }: Storing, { delivery, why, lastReason }: Unworkable): Parkable | undefined {
  const { read } = delivery;
  if (why === 'unreadable' || read.outcome === 'unreadable') return undefined;
  if (read.outcome === 'read') return { ...read.message, reason: why, note: lastReason };
  const { document } = read;
  const acceptedAt = new Date(clock.now()).toISOString();
  return document && { document, acceptedAt, reason: why, note: lastReason };
}

/**
 * False when the message has to be kept itself: no spool file waits for it, and no row is under way. A row of a later
 * generation was replayed since, and needs nothing.
 */
async function parkRow(storing: Storing, parkable: Parkable): Promise<boolean> {
  const { document, generation, reason, note } = parkable;
  const found = await findInSpool(storing, document);
  const row = await readRow(storing, { document, version: 1 });
  if (row !== undefined && generation !== undefined && generation < row.generation) return true;
  const manifest = found === undefined || found === 'damaged' ? unknownManifest(storing, parkable) : found;
  const isWaiting = found !== undefined && manifest.settled === undefined;
  if (row === undefined && !isWaiting) return false;
  return setAside(storing, { row, manifest }, { state: 'parked', reason, note, generation: 0 });
}
