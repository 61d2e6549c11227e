import type { Sample } from '../gates/sample.ts';

/** Users that one fold counts. Whoever comes after so many adds little to a mean, and memory must end somewhere. */
export const maxUsers = 10_000;

/** Something that happened to a user, again and again, and was bad or not: what is left of it is a share per user. */
export interface UserFold {
  add(user: string, bad: boolean, times?: number): void;
  /** Adds everything that another one has seen. */
  addAll(other: UserFold): void;
  /** Figures without ids (design.md §6). */
  sample(): Sample;
  tallies(): Iterable<readonly [user: string, tally: Tally]>;
}

/** How often it happened to a user, and how often it was bad. */
export interface Tally {
  readonly times: number;
  readonly bad: number;
}

/** A fold that has seen nobody. The sums are kept while it grows, so that asking for them costs nothing. */
export function userFold(limit = maxUsers): UserFold {
  const users = new Map<string, { times: number; bad: number }>();
  let [sum, sumOfSquares] = [0, 0];
  const add = (user: string, by: Tally) => {
    let tally = users.get(user);
    if (tally === undefined) {
      if (users.size >= limit) return;
      tally = { times: 0, bad: 0 };
      users.set(user, tally);
    }
    const before = tally.times === 0 ? 0 : tally.bad / tally.times;
    tally.times += by.times;
    tally.bad += by.bad;
    const after = tally.bad / tally.times;
    sum += after - before;
    sumOfSquares += after * after - before * before;
  };
  return {
    add: (user, bad, times = 1) => add(user, { times, bad: bad ? times : 0 }),
    addAll: other => {
      for (const [user, tally] of other.tallies()) add(user, tally);
    },
    // What is added and taken away again leaves a little behind.
    sample: () => ({ users: users.size, sum: Math.max(0, sum), sumOfSquares: Math.max(0, sumOfSquares) }),
    tallies: () => users,
  };
}
