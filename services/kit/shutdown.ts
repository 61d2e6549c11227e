import { overdue, withinDeadline } from './deadline.ts';
import type { Log } from './logger.ts';
import type { Clock } from './ports.ts';

/** One step of going down; bounded work, safe when what it closes never opened. */
export interface ShutdownStep {
  readonly name: string;
  readonly run: () => Promise<unknown> | void;
}

/** How a shutdown went; clean when both lists are empty. */
export interface ShutdownReport {
  readonly failed: readonly string[];
  /** The step that was cut off by the deadline and those that never began. */
  readonly unfinished: readonly string[];
}

/**
 * Runs the steps one after the other. A step that fails does not keep the next from running; the deadline is for all
 * of them together, and below the grace that the supervisor gives (failures.md 55). Exit codes are main's.
 */
export async function shutDown(
  steps: readonly ShutdownStep[],
  { clock, log, withinMs }: { clock: Clock; log: Log; withinMs: number },
): Promise<ShutdownReport> {
  const until = clock.monotonic() + withinMs;
  const failed: string[] = [];
  for (const [index, { name, run }] of steps.entries()) {
    const work = settled(run, error => {
      failed.push(name);
      log.error({ step: name, error }, 'A shutdown step failed.');
    });
    const ms = Math.max(0, until - clock.monotonic());
    if ((await withinDeadline(work, { clock, ms })) === overdue) {
      const unfinished = steps.slice(index).map(step => step.name);
      log.error({ unfinished }, 'The shutdown took too long.');
      return { failed, unfinished };
    }
  }
  return { failed, unfinished: [] };
}

async function settled(run: ShutdownStep['run'], onError: (error: unknown) => void): Promise<void> {
  try {
    await run();
  } catch (error) {
    onError(error);
  }
}
