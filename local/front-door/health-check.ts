import { get } from 'node:http';
import type { Clock } from '../../services/kit/ports.ts';

/** How a target is checked. */
export interface HealthSettings {
  /** Pause between two checks. */
  readonly intervalMs: number;
  /** How long a check waits for an answer; Route 53 gives an established connection 2 s. */
  readonly timeoutMs: number;
  /** Checks in a row that must disagree with what is believed before it changes. */
  readonly threshold: number;
}

/** What is believed of a target, and how many checks in a row have said otherwise. */
export interface Belief {
  readonly healthy: boolean;
  readonly against: number;
}

/** A new target counts as healthy until the checks say otherwise, as in Route 53. */
export const firstBelief: Belief = { healthy: true, against: 0 };

/** The belief after one more check. */
export function believe(before: Belief, passed: boolean, threshold: number): Belief {
  if (passed === before.healthy) return { healthy: before.healthy, against: 0 };
  const against = before.against + 1;
  return against >= threshold ? { healthy: passed, against: 0 } : { healthy: before.healthy, against };
}

/** What a check saw: a good answer, another one, or none at all. */
export type Seen = 'healthy' | 'unhealthy' | 'silent';

/** A running health check. */
export interface HealthCheck {
  healthy(): boolean;
  /** Resolves when no check is under way any more. */
  close(): Promise<void>;
}

/** What to check, how, and whom to tell. */
export interface HealthCheckOptions {
  /** Asks the target once. */
  readonly look: (stop: AbortSignal) => Promise<Seen>;
  readonly settings: Pick<HealthSettings, 'intervalMs' | 'threshold'>;
  readonly clock: Clock;
  readonly onChange: (healthy: boolean) => void;
  /** Told of every look, after what it may have changed. */
  readonly onLook?: (healthy: boolean, seen: Seen) => void;
}

/** Checks a target again and again, until it is closed. */
export function startHealthCheck(options: HealthCheckOptions): HealthCheck {
  const stopping = new AbortController();
  let belief = firstBelief;
  const run = async () => {
    while (!stopping.signal.aborted) {
      const seen = await options.look(stopping.signal);
      if (stopping.signal.aborted) return;
      const before = belief;
      belief = believe(before, seen === 'healthy', options.settings.threshold);
      if (belief.healthy !== before.healthy) options.onChange(belief.healthy);
      options.onLook?.(belief.healthy, seen);
      await options.clock.delay(options.settings.intervalMs, stopping.signal).catch(() => {});
    }
  };
  const running = run();
  return {
    healthy: () => belief.healthy,
    close: () => {
      stopping.abort();
      return running;
    },
  };
}

/**
 * Asks `url` as Route 53 does: 2xx and 3xx pass. A fresh connection each time: a kept one would prove that the process
 * lives, not that it can be reached.
 */
export function askOverHttp(url: string, timeoutMs: number, stop: AbortSignal): Promise<Seen> {
  const { promise, resolve } = Promise.withResolvers<Seen>();
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  const request = get(url, { agent: false, signal }, response => {
    response.resume();
    const status = response.statusCode ?? 0;
    resolve(status >= 200 && status < 400 ? 'healthy' : 'unhealthy');
  });
  request.on('error', () => resolve('silent'));
  return promise;
}
