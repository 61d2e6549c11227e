import type { StoredMessage } from '../../domain/messages.ts';
import type { Verdict } from '../kit/broker/broker.ts';
import { documentKey, moveDocument } from '../kit/document-row.ts';
import { isReachable, type ReachableDevice } from './ledger.ts';
import type { Notifying } from './notifying.ts';
import { pushToDevice } from './push-to-device.ts';

/** Devices that one user may have; more are not told. */
export const maxDevices = 20;

const done: Verdict = { verdict: 'done' };

/**
 * Tells a document's owner that it is stored, on each of his phones once; when every push has come to its end the
 * document is notified, also when there was no phone to tell.
 */
export async function notifyOwner(notifying: Notifying, message: StoredMessage): Promise<Verdict> {
  notifying.reach('notify.received');
  const row = await notifying.documents.read(documentKey(message));
  if (row?.state !== 'stored') return done;
  // What was told and then restored is told nobody, also on a phone that came since (design.md §3: no second push).
  const wasTold = row.notifiedAt !== undefined;
  const devices = wasTold ? [] : await devicesOf(notifying, row.owner);
  const outcomes = await Promise.all(
    devices.map(device => pushToDevice(notifying, { document: row, device, from: 'pending' })),
  );
  const waiting = outcomes.find(outcome => outcome !== 'settled');
  if (waiting !== undefined) return { verdict: 'retry', reason: waiting.waitingFor, counts: false };
  notifying.reach('notify.settled');
  await moveDocument(notifying.documents, row, {
    to: 'notified',
    by: notifying.by,
    at: new Date(notifying.clock.now()),
    note: wasTold ? 'its owner was told before' : noteOn(devices),
    set: { notifiedAt: row.notifiedAt ?? new Date(notifying.clock.now()) },
  });
  notifying.reach('notify.marked');
  return done;
}

function noteOn(devices: readonly ReachableDevice[]): string | undefined {
  return devices.length === 0 ? 'the owner has no device' : undefined;
}

/** One registration for each phone: the newest, where two installations gave the same recipient (failures.md 46). */
async function devicesOf({ devices }: Notifying, user: string): Promise<ReachableDevice[]> {
  const where = { user, recipient: { $exists: true } };
  const rows = await devices.find({ where, sort: { updatedAt: -1 }, limit: maxDevices });
  const newest = new Map<string, ReachableDevice>();
  for (const row of rows.filter(isReachable)) {
    if (!newest.has(row.recipient.value)) newest.set(row.recipient.value, row);
  }
  return [...newest.values()];
}
