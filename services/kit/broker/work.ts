import { maxAttempts } from '../../../domain/queues.ts';
import { errorCodes, isParityError } from '../../../domain/errors.ts';
import { readMessage, type Message, type MessageKind } from '../../../domain/messages.ts';
import type { Parity } from '../../../domain/parity.ts';
import type { Log } from '../logger.ts';
import type { Consumption, Delivery, GivenUp, Verdict } from './broker.ts';
import type { BrokerObserver } from './endpoint.ts';
import type { Trail } from './trail.ts';

/** A message as it lies in a queue. */
export interface Incoming {
  readonly payload: Buffer;
  readonly trail: Trail;
  readonly broker: Parity;
}

/** What becomes of a message in its queue: it goes, or a copy with this trail comes back later. */
export type Outcome = { readonly outcome: 'gone' } | { readonly outcome: 'again'; readonly trail: Trail };

/** How messages of one kind are worked on. */
export interface Job {
  readonly kind: MessageKind;
  readonly consumption: Consumption;
  readonly observer: BrokerObserver;
  readonly log: Log;
}

const gone: Outcome = { outcome: 'gone' };

/** Handles one message or parks it, by the rules that every broker of ours keeps; never rejects. */
export async function workOn(incoming: Incoming, job: Job): Promise<Outcome> {
  const { payload, trail, broker } = incoming;
  const delivery: Delivery = { read: readMessage(payload), payload, attempts: trail.attempts, broker };
  const task = triage(delivery, trail, job.kind);
  if ('why' in task) {
    const lastReason = task.reason ?? trail.lastReason;
    return park(delivery, { why: task.why, trail: { ...trail, lastReason } }, job);
  }
  const verdict = await handle(task.message, delivery, job);
  if (verdict.verdict === 'done') return gone;
  const attempts = trail.attempts + (verdict.counts ? 1 : 0);
  const tried: Trail = { ...trail, attempts, lastReason: verdict.reason };
  if (attempts < maxAttempts) return again(tried, job);
  return park(delivery, { why: 'attempts_exhausted', trail: tried }, job);
}

type Task = { readonly message: Message } | { readonly why: GivenUp; readonly reason?: string };

function triage({ read }: Delivery, trail: Trail, kind: MessageKind): Task {
  if (trail.givenUp) return { why: 'delivery_limit' };
  if (read.outcome === 'unknown_schema') return { why: 'unknown_schema' };
  if (read.outcome === 'unreadable') return { why: 'unreadable', reason: read.why };
  if (read.message.kind !== kind) {
    return { why: 'unreadable', reason: `a ${read.message.kind} in the queue of ${kind}` };
  }
  return trail.attempts >= maxAttempts ? { why: 'attempts_exhausted' } : { message: read.message };
}

async function handle(
  message: Message,
  delivery: Delivery,
  { kind, consumption, log }: Job,
): Promise<Verdict> {
  try {
    return await consumption.handle(message, delivery);
  } catch (error) {
    log.warn({ kind, document: message.document, error }, 'Handling a message failed; it is tried again.');
    return { verdict: 'retry', reason: reasonOf(error), counts: !isOutage(error) };
  }
}

/** What the service refuses others with 503 and 507 is nobody's fault and passes: a dependency is away, or full. */
function isOutage(error: unknown): boolean {
  return isParityError(error) && [503, 507].includes(errorCodes[error.code].status);
}

async function park(
  delivery: Delivery,
  { why, trail }: { why: GivenUp; trail: Trail },
  job: Job,
): Promise<Outcome> {
  const { kind, consumption, observer, log } = job;
  try {
    await consumption.park(delivery, why, trail.lastReason);
  } catch (error) {
    log.warn({ kind, why, error }, 'Parking a message failed; it is tried again.');
    return again(trail, job);
  }
  observer.parked(kind, why);
  return gone;
}

function again(trail: Trail, { kind, observer }: Job): Outcome {
  observer.retried(kind);
  return { outcome: 'again', trail: { ...trail, retries: trail.retries + 1 } };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
