import type { Clock } from './ports.ts';

/** Has `look` called again and again, until what is given back is called. */
export type Watch = (look: () => void) => () => void;

/** Calls every look that is under way each `everyMs`, by one timer for all of them, while there are any. */
export function sharedWatch(clock: Pick<Clock, 'delay'>, everyMs: number): Watch {
  const underWay = new Set<() => void>();
  let looking = false;
  const lookOut = async () => {
    looking = true;
    while (underWay.size > 0) {
      await clock.delay(everyMs);
      for (const look of underWay) look();
    }
    looking = false;
  };
  return look => {
    underWay.add(look);
    if (!looking) void lookOut();
    return () => void underWay.delete(look);
  };
}
