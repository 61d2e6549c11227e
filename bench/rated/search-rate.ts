/** What one trial of a rate showed. */
export interface Trial {
  readonly perSecond: number;
  readonly holds: boolean;
}

/** The precision wanted, as a part of the rate: a machine is not more exact than that from one minute to the next. */
const closeEnough = 0.1;

/**
 * Finds the highest rate that holds: twice as much each time, or half as much, until it is found between two rates, then
 * halves of what lies between. Gives back every trial, and the best that held; undefined when not even `least` does.
 */
export async function searchRate<T extends Trial>(
  { first, least }: { readonly first: number; readonly least: number },
  attempt: (perSecond: number) => Promise<T>,
): Promise<{ readonly trials: readonly T[]; readonly best: T | undefined }> {
  const trials: T[] = [];
  let best: T | undefined;
  let tooMuch = Infinity;
  for (let next = first; ;) {
    const trial = await attempt(next);
    trials.push(trial);
    if (trial.holds) best = trial;
    else tooMuch = next;
    const held = best?.perSecond ?? 0;
    if (held === 0 ? next <= least : (tooMuch - held) / held <= closeEnough) return { trials, best };
    if (held === 0) next = Math.max(least, next / 2);
    else next = tooMuch === Infinity ? held * 2 : (held + tooMuch) / 2;
  }
}
