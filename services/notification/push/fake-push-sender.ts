import { findMessageFault } from './fcm-message.ts';
import type { PushMessage, PushOutcome, PushRecipient, PushSender } from './push-sender.ts';

/** What a scripted try ends in; `arrives` says whether the phone gets it all the same (for an unknown outcome). */
export interface ScriptedTry {
  readonly outcome: PushOutcome;
  readonly arrives?: boolean;
}

/** A PushSender in memory, with one phone per recipient. Passes push-sender.contract.ts. */
export interface FakePushSender extends PushSender {
  /** The next tries for this recipient end so, in turn; after them pushes are sent. */
  script(recipient: PushRecipient, ...tries: readonly ScriptedTry[]): void;
  /** What the recipient's phone got, repeats included, in order. */
  received(recipient: PushRecipient): readonly PushMessage[];
  /** What the recipient's driver saw: the first push of each (document, version). */
  shown(recipient: PushRecipient): readonly PushMessage[];
}

/** Starts with phones that have seen nothing; message ids count up from 1. */
export function createFakePushSender(): FakePushSender {
  const scripts = new Map<string, ScriptedTry[]>();
  const inboxes = new Map<string, PushMessage[]>();
  let sentCount = 0;
  let closed = false;

  const received = (recipient: PushRecipient) => inboxes.get(recipient.value) ?? [];
  const arrive = (message: PushMessage) =>
    inboxes.set(message.recipient.value, [...received(message.recipient), message]);

  return {
    received,
    shown: recipient => received(recipient).filter(isFirst),
    script(recipient, ...tries) {
      scripts.set(recipient.value, [...(scripts.get(recipient.value) ?? []), ...tries]);
    },
    async send(message) {
      if (closed) return { kind: 'not_sent', afterMs: 0, reason: 'the sender is closed' };
      const detail = findMessageFault(message);
      if (detail !== undefined) return { kind: 'invalid', detail };
      const scripted = scripts.get(message.recipient.value)?.shift();
      if (scripted === undefined || scripted.arrives) arrive(message);
      if (scripted) return scripted.outcome;
      sentCount += 1;
      return { kind: 'sent', messageId: String(sentCount) };
    },
    async close() {
      closed = true;
    },
  };
}

function isFirst(message: PushMessage, index: number, inbox: readonly PushMessage[]): boolean {
  const same = (other: PushMessage) =>
    other.document === message.document && other.version === message.version;
  return inbox.findIndex(same) === index;
}
