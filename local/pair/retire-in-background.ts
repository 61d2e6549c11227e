import { isParityError } from '../../domain/errors.ts';
import { retireOnce, type RetiringWorld } from '../../release/retire.ts';
import type { Clock } from '../../services/kit/ports.ts';

/** How it signs what it writes. */
const who = 'retirement';

const everyMs = 2_000;

/**
 * Takes leave of retiring releases for as long as the pair runs (design.md §4). What does not work now is tried again:
 * processes take their time to end. Trouble that is still the same at the next look is told, once.
 */
export async function retireInBackground(
  world: RetiringWorld,
  { clock, tell, stop }: { clock: Clock; tell: (line: string) => void; stop: AbortSignal },
): Promise<void> {
  let [before, told]: (string | undefined)[] = [];
  while (!stop.aborted) {
    const trouble = await troubleOf(world);
    if (trouble !== undefined && trouble === before && trouble !== told && !stop.aborted) {
      tell(`${who}: ${trouble}`);
      told = trouble;
    }
    before = trouble;
    await clock.delay(everyMs, stop).catch(() => {});
  }
}

async function troubleOf(world: RetiringWorld): Promise<string | undefined> {
  try {
    await retireOnce(world, who);
    return undefined;
  } catch (error) {
    if (isParityError(error)) return error.message;
    throw error;
  }
}
