import { ParityError, isParityError } from '../domain/errors.ts';
import type { RecordChange } from '../domain/next-record.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import type { StepId, StepName } from '../domain/release-step.ts';
import type { Release } from '../domain/release.ts';
import type { Judgement } from './gates/verdict.ts';
import { isShipping } from './plan.ts';
import type { Policy } from './policy.ts';
import type { ReleaseWorld } from './ports.ts';
import type { StepOutcome } from './store/journal-entry.ts';
import { keepLock } from './store/keep-lock.ts';
import type { HeldLock } from './store/operator-lock.ts';

/** What an operator may watch while it happens. */
export type Progress =
  | { readonly kind: 'step'; readonly step: StepId }
  | { readonly kind: 'end'; readonly step: StepId; readonly outcome: StepOutcome; readonly why: string }
  | {
      readonly kind: 'look';
      readonly step: StepId;
      /** Users below it are on the release: 1000, so everybody, once roles have changed. */
      readonly threshold: number;
      readonly elapsedMs: number;
      readonly judgement: Judgement;
    };

/** What an operator wants. */
export interface Order {
  readonly release: Release;
  readonly policy: Policy;
  readonly who: string;
  readonly why: string;
  /** The last step to be done; everything if absent. */
  readonly until?: StepName;
  /** Brings what is shipped, before the first step; gives back what it is, for the journal. */
  readonly prepare?: () => Promise<string | undefined>;
  /** Told at once; must not throw. */
  readonly tell?: (progress: Progress) => void;
  /** Aborted when the operator leaves: everything stays as it is, and a later run goes on from there. */
  readonly signal?: AbortSignal;
}

/** An order that is being carried out, by the one who has the lock. */
export interface Shipment extends Order {
  readonly world: ReleaseWorld;
  readonly lock: HeldLock;
  /** What is shipped, in words; undefined when it was brought before. */
  readonly build?: string;
}

/** How a step ended that ran: it did what it is for, it said no, or it waits for a person. */
export interface StepResult {
  readonly outcome: 'done' | 'failed' | 'waiting';
  readonly why: string;
  /** What was seen, a line each. */
  readonly seen: readonly string[];
}

/** A step's work. It may be killed at any await and is then run again from its beginning. */
export type RunStep<Spec> = (shipment: Shipment, spec: Spec) => Promise<StepResult>;

/** A step did what it is for. */
export function done(why: string, seen: readonly string[] = []): StepResult {
  return { outcome: 'done', why, seen };
}

/** It said no. */
export function failed(why: string, seen: readonly string[] = []): StepResult {
  return { outcome: 'failed', why, seen };
}

/** It waits for a person. */
export function waiting(why: string, seen: readonly string[] = []): StepResult {
  return { outcome: 'waiting', why, seen };
}

/** @throws ParityError `release_stopped` when the operator has left: what is not begun by then is not begun */
export function unlessLeft({ who, signal }: Pick<Shipment, 'who' | 'signal'>): void {
  if (signal?.aborted === true) throw stopped(who);
}

function stopped(who: string): ParityError {
  return new ParityError('release_stopped', sayLeft(who));
}

/** Ctrl-C is no roll-back (docs/decisions/0055). */
export function sayLeft(who: string): string {
  return `${who} left; nothing was taken back`;
}

/** For whoever ends in order when his operator leaves. @throws every other error */
export function unlessStopped(error: unknown): undefined {
  if (!isParityError(error, 'release_stopped')) throw error;
}

/** @throws ParityError `release_taken_back` when somebody else has ended this step meanwhile; `release_stopped` */
export async function look(shipment: Shipment, step: StepId): Promise<ReleaseRecord> {
  const { world, release } = shipment;
  unlessLeft(shipment);
  const record = await world.store.read();
  if (record.step === step && isShipping(record, release)) return record;
  throw new ParityError('release_taken_back', sayEnded(record, release));
}

/** Who ended it and why, after words that say which release was taken back where. */
function sayEnded({ writes }: ReleaseRecord, release: Release): string {
  const end = writes.find(
    ({ about, what }) => about === release && (what === 'take back' || what === 'give up'),
  );
  if (end === undefined) return 'by somebody';
  return `by ${end.who}${end.what === 'give up' ? ', who gave it up' : ''} (${end.why})`;
}

/** A change of the record, and what its journal says of it. */
export interface ToldChange {
  readonly change: RecordChange;
  readonly what: string;
  readonly why: string;
}

/** Writes what `change` makes of the record, in the operator's name. */
export async function write(
  { world, who, release }: Shipment,
  record: ReleaseRecord,
  { change, ...said }: ToldChange,
): Promise<ReleaseRecord> {
  return await world.store.write(record, change, { who, about: release, ...said });
}

/** Waits, and shows that the operator lives. @throws ParityError `lease_lost`, `release_stopped` */
export async function pause(shipment: Shipment, ms: number): Promise<void> {
  const { world, lock, signal } = shipment;
  await lock.renew();
  try {
    await world.clock.delay(ms, signal);
  } finally {
    unlessLeft(shipment);
  }
}

/** Does what takes long, and shows meanwhile that the operator lives. @throws as `pause`, and what the work throws */
export async function beating<T>(shipment: Shipment, work: Promise<T>): Promise<T> {
  const { world, lock, policy, who, signal } = shipment;
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const onLeft = () => reject(stopped(who));
  signal?.addEventListener('abort', onLeft, { once: true });
  if (signal?.aborted === true) onLeft();
  const kept = keepLock(lock, { leaseMs: policy.leaseMs, clock: world.clock, onLost: reject });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal?.removeEventListener('abort', onLeft);
    await kept.stop();
  }
}
