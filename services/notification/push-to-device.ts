import type { DocumentRow } from '../kit/document-row.ts';
import { linkLifeMs } from '../kit/link.ts';
import {
  claimPush,
  endClaim,
  type LedgerRow,
  type PushEvent,
  type PushState,
  type ReachableDevice,
} from './ledger.ts';
import type { Notifying } from './notifying.ts';
import type { PushMessage, PushOutcome } from './push/push-sender.ts';
import { forgetDevice } from './register-device.ts';

const outcomeUnknown = 'outcome unknown';

/** Between repeats of a push whose outcome nobody knows. */
const firstPauseMs = 30_000;
const longestPauseMs = 60 * 60_000;

/** A push that came to its end, or what the next attempt waits for. */
export type DeviceOutcome = 'settled' | { readonly waitingFor: string };

/** What is pushed where. */
export interface Push {
  readonly document: DocumentRow;
  readonly device: ReachableDevice;
  /** `parked` when a person replays it: then it stays parked until it came to its end. */
  readonly from: 'pending' | 'parked';
}

/**
 * Sends one push, claimed in the ledger before. An unknown outcome is tried again: it carries the same document,
 * version and collapse id, so that a phone which got both shows one (failures.md 42, 43).
 */
export async function pushToDevice(notifying: Notifying, push: Push): Promise<DeviceOutcome> {
  const { document, device, from } = push;
  const key = { document: document.document, version: document.version, installation: device._id };
  const holder = notifying.random.bytes(12).toString('hex');
  const claim = await claimPush(notifying.ledger, key, { holder, from });
  if (claim === 'busy') return takenOver(device._id);
  if ('settled' in claim) return 'settled';
  notifying.reach('notify.claimed');
  const { claimed } = claim;
  const nowMs = notifying.clock.now();
  const beganMs = from === 'parked' ? nowMs : (document.storedAt ?? document.acceptedAt).getTime();
  const ttlMs = beganMs + linkLifeMs - nowMs;
  if (ttlMs <= 0) {
    return settle(notifying, claimed, { state: 'expired', note: 'its link would have ended' });
  }
  const outcome = await notifying.sender.send(await pushMessage(notifying, push, { nowMs, ttlMs }));
  notifying.reach('notify.sent');
  return conclude(notifying, { claimed, device, outcome, ttlMs });
}

function takenOver(installation: string): DeviceOutcome {
  return { waitingFor: `another process's push to ${installation}` };
}

async function pushMessage(
  { links, publicUrl }: Notifying,
  push: Push,
  { nowMs, ttlMs }: { nowMs: number; ttlMs: number },
): Promise<PushMessage> {
  const { document, version, name, linkGeneration = 0 } = push.document;
  const expiresAt = new Date(nowMs + ttlMs);
  const token = await links.mintLink({ document, version, linkGeneration, expiresAt });
  return {
    recipient: push.device.recipient,
    title: 'Your document is ready',
    body: name,
    link: `${publicUrl}/l/${token}`,
    document,
    version,
    ttlMs,
    collapseId: `${document}:${version}`,
  };
}

interface Concluding {
  readonly claimed: LedgerRow;
  readonly device: ReachableDevice;
  readonly outcome: PushOutcome;
  readonly ttlMs: number;
}

async function conclude(
  notifying: Notifying,
  { claimed, device, outcome, ttlMs }: Concluding,
): Promise<DeviceOutcome> {
  const at = { document: claimed.document, installation: device._id };
  switch (outcome.kind) {
    case 'sent':
      return settle(notifying, claimed, { state: 'sent', note: outcome.messageId });
    case 'unregistered':
      if (!(await forgetDevice(notifying, device)))
        return sendAgain(notifying, claimed, { what: 'registered anew' });
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
        notifying.log.error(
          { ...at, alarm: 'push_configuration' },
          'FCM does not accept our service account',
        );
      }
      return wait(notifying, claimed, { ...outcome, ttlMs });
    case 'not_sent':
      return wait(notifying, claimed, { ...outcome, ttlMs });
    case 'unknown':
      return repeat(notifying, claimed, { reason: outcome.reason, ttlMs });
  }
}

async function settle(
  notifying: Notifying,
  claimed: LedgerRow,
  { state, note }: { state: PushState; note: string },
): Promise<DeviceOutcome> {
  const event = eventOf(notifying, state, note);
  const isEnded = await endClaim(notifying.ledger, claimed, { state, event });
  // Our claim had ended and somebody else sends: what came of it is his to say.
  return isEnded ? 'settled' : takenOver(claimed.installation);
}

/** The claim itself is the pause, by the database's clock: until it ends, nobody sends, and it ends with the link. */
async function wait(
  { ledger }: Notifying,
  claimed: LedgerRow,
  { afterMs, reason, ttlMs }: { afterMs: number; reason: string; ttlMs: number },
): Promise<DeviceOutcome> {
  const forMs = Math.max(1, Math.min(afterMs, ttlMs));
  await ledger.lease(claimed._id, { holder: claimed.leaseHolder ?? '', forMs });
  return { waitingFor: `push: ${reason}` };
}

/** Gives the claim back; the next attempt sends again. */
async function sendAgain(
  notifying: Notifying,
  claimed: LedgerRow,
  { what, note }: { what: string; note?: string },
): Promise<DeviceOutcome> {
  await endClaim(notifying.ledger, claimed, { state: claimed.state, event: eventOf(notifying, what, note) });
  return { waitingFor: `push ${what}${note === undefined ? '' : `: ${note}`}` };
}

/**
 * The first repeat of an unknown outcome follows at once, each further one after twice the pause: an FCM that takes all
 * and answers too late would else have a phone ring for a day.
 */
async function repeat(
  notifying: Notifying,
  claimed: LedgerRow,
  { reason, ttlMs }: { reason: string; ttlMs: number },
): Promise<DeviceOutcome> {
  const before = claimed.events.filter(({ what }) => what === outcomeUnknown).length;
  const again = await sendAgain(notifying, claimed, { what: outcomeUnknown, note: reason });
  if (before === 0) return again;
  const afterMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (before - 1));
  await wait(notifying, claimed, { afterMs, reason, ttlMs });
  return again;
}

function eventOf({ clock, by }: Notifying, what: string, note?: string): PushEvent {
  return { at: new Date(clock.now()), what, by, ...(note === undefined ? {} : { note }) };
}
