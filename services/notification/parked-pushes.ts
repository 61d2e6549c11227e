import type { DocumentId } from '../../domain/document-id.ts';
import { isReadable } from '../../domain/document.ts';
import { ParityError } from '../../domain/errors.ts';
import { documentKey } from '../kit/document-row.ts';
import { claimPush, endClaim, isReachable, type LedgerRow } from './ledger.ts';
import type { Notifying } from './notifying.ts';
import { pushToDevice } from './push-to-device.ts';

const listLimit = 500;
const documentLimit = 100;

/** A push put aside, as operators see it. */
export interface ParkedPush {
  readonly id: string;
  readonly kind: 'push';
  readonly reason: string;
  readonly why: string;
  readonly since: string;
  readonly document: string;
}

/** One event of a document's pushes, as `./parity document` prints it. */
export interface TracedPush {
  readonly at: string;
  readonly what: string;
  readonly by: string;
  readonly note?: string;
}

/** Pushes that FCM refused for good. */
export async function listParkedPushes({ ledger }: Notifying): Promise<ParkedPush[]> {
  return (await ledger.find({ where: { state: 'parked' }, limit: listLimit })).map(presentParked);
}

/**
 * Sends a parked push after all; it stays parked until it came to its end. @throws ParityError `not_found`, `conflict`.
 */
export async function replayPush(notifying: Notifying, id: string): Promise<{ state: string }> {
  const row = await notifying.ledger.read(id);
  if (row?.state !== 'parked') throw new ParityError('not_found', `No push is parked as ${id}.`);
  const document = await notifying.documents.read(documentKey(row));
  const device = await notifying.devices.read(row.installation);
  if (document === undefined || !isReadable(document.state) || device === undefined || !isReachable(device)) {
    throw new ParityError(
      'conflict',
      'The document or the device of this push is gone: it cannot be sent any more.',
    );
  }
  const outcome = await pushToDevice(notifying, { document, device, from: 'parked' });
  if (outcome !== 'settled') {
    throw new ParityError('conflict', `It stays parked (${outcome.waitingFor}): replay it later.`);
  }
  return { state: (await notifying.ledger.read(id))?.state ?? 'parked' };
}

/**
 * Gives a parked push up; it was told nobody and never will be. Dropping it again is no error.
 * @throws ParityError `not_found`; `conflict` while a replay is under way.
 */
export async function dropPush(
  { ledger, random, clock }: Notifying,
  id: string,
  who: string,
): Promise<{ state: string }> {
  const row = await ledger.read(id);
  if (row?.state === 'dropped') return { state: row.state };
  if (row?.state !== 'parked') throw new ParityError('not_found', `No push is parked as ${id}.`);
  // By the same claim as whoever sends it: of a drop and a replay at once, one is told of the other.
  const holder = random.bytes(12).toString('hex');
  const claim = await claimPush(ledger, row, { holder, from: 'parked' });
  const event = { at: new Date(clock.now()), what: 'dropped', by: who };
  if (typeof claim === 'object' && 'claimed' in claim) {
    if (await endClaim(ledger, claim.claimed, { state: 'dropped', event })) return { state: 'dropped' };
  }
  throw new ParityError('conflict', 'This push is being replayed: drop it when that has ended.');
}

/** What happened to a document's pushes, oldest first. */
export async function tracePushes({ ledger }: Notifying, document: DocumentId): Promise<TracedPush[]> {
  const rows = await ledger.find({ where: { document }, limit: documentLimit });
  const events = rows.flatMap(row =>
    row.events.map(({ at, what, by, note }) => ({
      at: at.toISOString(),
      what: `push ${what} (${row.installation})`,
      by,
      ...(note === undefined ? {} : { note }),
    })),
  );
  return events.sort((a, b) => a.at.localeCompare(b.at));
}

function presentParked(row: LedgerRow): ParkedPush {
  const last = row.events.at(-1);
  const since = (last?.at ?? new Date(0)).toISOString();
  const why = `to ${row.installation}`;
  return { id: row._id, kind: 'push', reason: last?.note ?? 'refused', why, since, document: row.document };
}
