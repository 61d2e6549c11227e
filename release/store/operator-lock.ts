import { z } from 'zod';
import { isParityError, ParityError } from '../../domain/errors.ts';
import type { Clock, ObjectStore, Random } from '../ports.ts';
import { compareAndSet } from './compare-and-set.ts';
import { newNonce } from './nonce.ts';
import { parseObject } from './parse-object.ts';

const lockSchema = z.strictObject({
  schema: z.literal(1),
  /** Absent when nobody has it. */
  holder: z
    .strictObject({ who: z.string().min(1), since: z.iso.datetime(), nonce: z.string(), beat: z.int() })
    .optional(),
});
type Lock = z.infer<typeof lockSchema>;
type Holder = NonNullable<Lock['holder']>;

/** A lock that is ours while it is renewed. */
export interface HeldLock {
  /**
   * Whoever would take the lock needs the store too, so one that is away robs nobody.
   * @throws ParityError `lease_lost` when somebody else has it by now: stop, and write nothing more
   */
  renew(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the lock that lets one operator ship at a time. Its lease goes by nobody's wall clock: whoever meets a holder
 * watches for `leaseMs` of his own monotonic time whether that one renews, and takes over only if not
 * (docs/decisions/0031). So a dead holder costs the next one a lease, and a live one is never robbed by a clock.
 * @throws ParityError `already_shipping` that names the holder and since when
 */
export async function takeOperatorLock(
  world: { readonly objects: ObjectStore; readonly clock: Clock; readonly random: Random },
  by: { readonly who: string; readonly leaseMs: number },
): Promise<HeldLock> {
  const { objects, clock, random } = world;
  const mine = { who: by.who, since: new Date(clock.now()).toISOString(), nonce: newNonce(random) };
  const met = await compareAndSet(clock, () => read(objects));
  if (met.holder !== undefined) {
    await clock.delay(by.leaseMs);
    const now = await compareAndSet(clock, () => read(objects));
    if (now.holder !== undefined && !isSameBeat(now.holder, met.holder)) throw taken(now.holder);
  }
  await compareAndSet(clock, async () => {
    const now = await read(objects);
    if (now.holder?.nonce === mine.nonce) return true;
    if (now.holder !== undefined && !(met.holder && isSameBeat(now.holder, met.holder)))
      throw taken(now.holder);
    return await write(objects, { ...mine, beat: 0 }, now.tag);
  });
  return heldLock(world, mine);
}

/** Who holds the lock, and since when; he may be dead, for only whoever waits for the lock finds out. */
export async function operatorOf(
  objects: ObjectStore,
): Promise<{ readonly who: string; readonly since: string } | undefined> {
  const { holder } = await read(objects);
  return holder && { who: holder.who, since: holder.since };
}

function heldLock(
  { objects, clock }: { objects: ObjectStore; clock: Clock },
  mine: Omit<Holder, 'beat'>,
): HeldLock {
  let beat = 0;
  const renewTo = async (next: number) => {
    await compareAndSet(clock, async () => {
      const { holder, tag } = await read(objects);
      if (holder?.nonce !== mine.nonce) throw lost(mine.who, holder);
      if (holder.beat === next) return true;
      return await write(objects, { ...mine, beat: next }, tag);
    });
    beat = next;
  };
  return {
    renew: () => renewTo(beat + 1).catch(unlessUnavailable),
    release: async () => {
      await compareAndSet(clock, async () => {
        const { holder, tag } = await read(objects);
        if (holder?.nonce !== mine.nonce) return true;
        return await write(objects, undefined, tag);
      });
    },
  };
}

async function read(objects: ObjectStore): Promise<Lock & { tag: string | undefined }> {
  const object = await objects.read('lock');
  if (object === undefined) return { schema: 1, tag: undefined };
  return { ...parseObject('lock', object, lockSchema), tag: object.tag };
}

async function write(
  objects: ObjectStore,
  holder: Holder | undefined,
  expected: string | undefined,
): Promise<true | undefined> {
  const answer = await objects.write('lock', JSON.stringify({ schema: 1, holder } satisfies Lock), expected);
  return answer === 'written' ? true : undefined;
}

function unlessUnavailable(error: unknown): void {
  if (!isParityError(error, 'record_unavailable')) throw error;
}

function isSameBeat(a: Holder, b: Holder): boolean {
  return a.nonce === b.nonce && a.beat === b.beat;
}

function taken({ who, since }: Holder): ParityError {
  return new ParityError(
    'already_shipping',
    `${who} has been at work on this pair since ${since}: wait, or ask them to stop.`,
  );
}

function lost(who: string, holder: Holder | undefined): ParityError {
  const heir = holder === undefined ? 'nobody' : `${holder.who} since ${holder.since}`;
  return new ParityError(
    'lease_lost',
    `${who} was silent for too long and lost the lock; it belongs to ${heir} now. Nothing more was written: see ./parity status, then ./parity resume.`,
  );
}
