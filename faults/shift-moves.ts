import type { LoadSample } from './open-load.ts';

/** The time from one shift's command to the next one's, in epoch milliseconds. */
export interface ShiftWindow {
  readonly fromMs: number;
  readonly untilMs: number;
  /** The release that a user was on when it began. */
  readonly before: (who: string) => string;
}

/** What one user met at one gateway within one shift. */
export interface UserMoves {
  readonly who: string;
  readonly url: string;
  /** Requests of his that were sent and answered within it. */
  readonly requests: number;
  /** How often he certainly changed sides. */
  readonly moves: number;
}

/**
 * How often each user changed sides at each gateway, shift by shift. A gateway decides at some moment between sending
 * and answer, and on a busy machine requests overtake each other; so one counts as later than another only when it was
 * sent after the other's answer had come, and what was under way when a shift began belongs to neither.
 */
export function movesWithin(samples: readonly LoadSample[], windows: readonly ShiftWindow[]): UserMoves[] {
  const answered = samples.toSorted((first, second) => answeredAt(first) - answeredAt(second));
  return windows.flatMap(window => {
    const within = answered.filter(
      sample => sample.sentAt >= window.fromMs && answeredAt(sample) <= window.untilMs,
    );
    const users = Map.groupBy(within, ({ who, url }) => `${who} ${url}`);
    return [...users.values()].map(own => movesOf(own, window));
  });
}

/** Of requests that overlap the one that is answered first leaves the most room for others: none longer is missed. */
function movesOf(own: readonly LoadSample[], { fromMs, before }: ShiftWindow): UserMoves {
  const { who, url } = own[0] as LoadSample;
  let last = { release: before(who), answeredAt: fromMs };
  let moves = 0;
  for (const sample of own) {
    const release = releaseOf(sample);
    if (release === last.release || sample.sentAt < last.answeredAt) continue;
    last = { release, answeredAt: answeredAt(sample) };
    moves += 1;
  }
  return { who, url, requests: own.length, moves };
}

function answeredAt({ firstSentAt, ms }: LoadSample): number {
  return firstSentAt + ms;
}

/** The release that answered: `2` of `even/2`. */
export function releaseOf({ servedBy }: Pick<LoadSample, 'servedBy'>): string {
  return servedBy.split('/')[1] ?? servedBy;
}
