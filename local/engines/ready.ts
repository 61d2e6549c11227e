import { setTimeout as pause } from 'node:timers/promises';
import { ParityError } from '../../domain/errors.ts';
import type { Child } from './child.ts';

const pollMs = 50;

/** What is awaited, and for how long. */
export interface ReadyOptions {
  readonly name: string;
  /** Answers undefined as long as it is not ready; a rejection counts as "not yet". */
  readonly check: () => Promise<unknown>;
  readonly deadlineMs: number;
}

/**
 * Waits until a started child answers; one that ends or keeps silent is killed and reported with its last words.
 *
 * @throws ParityError `engine_failed`
 */
export async function untilReady(
  child: Pick<Child, 'exited' | 'kill' | 'lastWords'>,
  { name, check, deadlineMs }: ReadyOptions,
): Promise<void> {
  const deadline = AbortSignal.timeout(deadlineMs);
  let ended: string | undefined;
  void child.exited.then(how => (ended = how));
  while (ended === undefined && !deadline.aborted) {
    if ((await check().catch(() => undefined)) !== undefined) return;
    await Promise.race([pause(pollMs), child.exited]);
  }
  await child.kill();
  const what = ended ?? `${name} did not answer within ${deadlineMs / 1000} s`;
  throw new ParityError('engine_failed', `${what}. Its last words:\n${await child.lastWords()}`);
}
