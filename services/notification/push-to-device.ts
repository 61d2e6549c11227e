import type { DocumentRow } from '../kit/document-row.ts';
import { linkLifeMs } from '../kit/link.ts';
import {
  claimPush,
  endClaim,
  type DeviceRow,
  type LedgerRow,
  type PushEvent,
  type PushState,
} from './ledger.ts';
import type { Notifying } from './notifying.ts';
import type { PushMessage, PushOutcome } from './push/push-sender.ts';

/** A push that came to its end, or what the next attempt waits for. */
export type DeviceOutcome = 'settled' | { readonly waitingFor: string };

/**
 * Sends one push, claimed in the ledger before. An unknown outcome is tried again: it carries the same document,
 * version and collapse id, so that a phone which got both shows one (failures.md 42, 43).
 */
export async function pushToDevice(
  notifying: Notifying,
  document: DocumentRow,
  device: DeviceRow,
): Promise<DeviceOutcome> {
  const key = { document: document.document, version: document.version, installation: device._id };
  const holder = notifying.random.bytes(12).toString('hex');
  const claim = await claimPush(notifying.ledger, key, holder);
  if (claim === 'busy') return { waitingFor: `another process's push to ${device._id}` };
  if ('settled' in claim) return 'settled';
  notifying.reach('notify.claimed');
  const expiresAt = new Date((document.storedAt ?? document.acceptedAt).getTime() + linkLifeMs);
  if (expiresAt.getTime() <= notifying.clock.now()) {
    return settle(notifying, claim.claimed, { state: 'expired', note: 'its link would have ended' });
  }
  const outcome = await notifying.sender.send(await pushMessage(notifying, { document, device, expiresAt }));
  notifying.reach('notify.sent');
  return conclude(notifying, { claimed: claim.claimed, device, outcome });
}

async function pushMessage(
  { links, publicUrl, clock }: Notifying,
  of: { document: DocumentRow; device: DeviceRow; expiresAt: Date },
): Promise<PushMessage> {
  const { document, version, name } = of.document;
  const token = await links.mintLink({ document, version, expiresAt: of.expiresAt });
  return {
    recipient: of.device.recipient,
    title: 'Your document is ready',
    body: name,
    link: `${publicUrl}/l/${token}`,
    document,
    version,
    ttlMs: of.expiresAt.getTime() - clock.now(),
    collapseId: `${document}:${version}`,
  };
}

interface Concluding {
  readonly claimed: LedgerRow;
  readonly device: DeviceRow;
  readonly outcome: PushOutcome;
}

async function conclude(
  notifying: Notifying,
  { claimed, device, outcome }: Concluding,
): Promise<DeviceOutcome> {
  const at = { document: claimed.document, installation: device._id };
  switch (outcome.kind) {
    case 'sent':
      return settle(notifying, claimed, { state: 'sent', note: outcome.messageId });
    case 'unregistered':
      await notifying.devices.remove(device);
      return settle(notifying, claimed, { state: 'unregistered', note: 'the app is gone' });
    case 'sender_mismatch':
      notifying.log.error(
        { ...at, alarm: 'push_configuration' },
        'a device belongs to another Firebase project',
      );
      return settle(notifying, claimed, {
        state: 'parked',
        note: 'the device belongs to another Firebase project',
      });
    case 'invalid':
      notifying.log.error(
        { ...at, alarm: 'push_refused', detail: outcome.detail },
        'FCM refuses a push for good',
      );
      return settle(notifying, claimed, { state: 'parked', note: outcome.detail });
    case 'retry_later':
      if (outcome.reason === 'credential') {
        notifying.log.error({ ...at, alarm: 'push_configuration' }, 'FCM does not accept our service account');
      }
      return wait(notifying, claimed, outcome);
    case 'not_sent':
      return wait(notifying, claimed, outcome);
    case 'unknown':
      return resendLater(notifying, claimed, outcome.reason);
  }
}

async function settle(
  notifying: Notifying,
  claimed: LedgerRow,
  end: { state: PushState; note: string },
): Promise<DeviceOutcome> {
  await endClaim(notifying.ledger, claimed, {
    state: end.state,
    event: eventOf(notifying, end.state, end.note),
  });
  return 'settled';
}

/** The claim itself is the pause, by the database's clock: until it ends, nobody sends. */
async function wait(
  { ledger }: Notifying,
  claimed: LedgerRow,
  { afterMs, reason }: { afterMs: number; reason: string },
): Promise<DeviceOutcome> {
  await ledger.lease(claimed._id, { holder: claimed.leaseHolder ?? '', forMs: Math.max(1, afterMs) });
  return { waitingFor: `push: ${reason}` };
}

async function resendLater(notifying: Notifying, claimed: LedgerRow, reason: string): Promise<DeviceOutcome> {
  await endClaim(notifying.ledger, claimed, {
    state: 'pending',
    event: eventOf(notifying, 'outcome unknown', reason),
  });
  return { waitingFor: `push outcome unknown: ${reason}` };
}

function eventOf({ clock, by }: Notifying, what: string, note: string): PushEvent {
  return { at: new Date(clock.now()), what, by, note };
}
