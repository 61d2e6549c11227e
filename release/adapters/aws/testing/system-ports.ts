import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, Random } from '../../../ports.ts';

/** The machine's clock, for tests that talk to something real. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  delay: ms => wait(ms),
};

/** The machine's randomness. */
export const systemRandom: Random = { bytes: randomBytes };
