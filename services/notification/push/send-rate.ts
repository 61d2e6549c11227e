import type { Clock } from '../../kit/ports.ts';

/** A share of FCM's quota (600,000 a minute per project: firebase.google.com/docs/cloud-messaging/scale-fcm). */
export interface SendRate {
  readonly perSecond: number;
  /** How many may go at once after a quiet time. */
  readonly burst: number;
}

/** One token bucket for all documents, so that a backlog leaves evenly (failures.md 44, 48). */
export interface TokenBucket {
  /** Takes a token and answers 0, or takes none and answers how many ms until there is one. */
  take(): number;
}

/** A full bucket, refilled by the monotonic clock. */
export function createTokenBucket({ perSecond, burst }: SendRate, clock: Clock): TokenBucket {
  let tokens = burst;
  let filledAt = clock.monotonic();
  return {
    take() {
      const now = clock.monotonic();
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond);
      filledAt = now;
      if (tokens < 1) return ((1 - tokens) / perSecond) * 1000;
      tokens -= 1;
      return 0;
    },
  };
}
