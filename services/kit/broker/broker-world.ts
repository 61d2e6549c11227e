import { timedDocumentId } from '../../../domain/document-id.ts';
import { writeMessage, type Message, type MessageKind } from '../../../domain/messages.ts';
import { peerOf, type Parity } from '../../../domain/parity.ts';
import { systemRandom } from '../ports.ts';
import type { Broker, Verdict } from './broker.ts';
import type { Handled } from './recorded-consumption.ts';
import type { Trail } from './trail.ts';

/** A pair of brokers, real or fake, on which a test does as it likes; each case gets its own. */
export interface BrokerWorld {
  connect(cluster: Parity): Promise<Broker>;
  /** Resolves when everybody who is connected knows. */
  setDown(broker: Parity, down: boolean): Promise<void>;
  /** Resolves when everybody who is connected knows. */
  setBlocked(broker: Parity, blocked: boolean): Promise<void>;
  /** Puts any payload into a work queue, or with `trail.givenUp` where the delivery limit puts it. */
  inject(
    broker: Parity,
    kind: MessageKind,
    message: { payload: Buffer; trail?: Partial<Trail> },
  ): Promise<void>;
  close(): Promise<void>;
}

/** A message about a new document. */
export function buildMessage(kind: MessageKind = 'document.accepted'): Message {
  const document = timedDocumentId({ nowMs: 1_700_000_000_000, random: systemRandom.bytes(10) });
  return { kind, schema: 1, document, version: 1, generation: 0, acceptedAt: '2026-11-20T10:00:00.000Z' };
}

/** The cluster that most cases look from. */
export const own: Parity = 'odd';
/** The other one. */
export const peer = peerOf(own);
/** The kind of message that most cases use. */
export const kind: MessageKind = 'document.accepted';
/** The verdict on a message that is finished. */
export const done: Verdict = { verdict: 'done' };
/** The verdict on a message that is to come again. */
export const again = (counts: boolean): Verdict => ({ verdict: 'retry', reason: 'not yet', counts });
/** A payload that can be handled. */
export const readable = (): { payload: Buffer } => ({ payload: writeMessage(buildMessage()) });
/** What the handler was told, delivery by delivery. */
export const attemptsOf = (handled: readonly Handled[]): number[] =>
  handled.map(({ delivery }) => delivery.attempts);
