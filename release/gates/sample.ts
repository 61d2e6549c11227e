/** A share between 0 and 1 per distinct user, folded over users, so that no user weighs more than another. */
export interface Sample {
  readonly users: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** Nobody. */
export const noSample: Sample = { users: 0, sum: 0, sumOfSquares: 0 };

/** Folds one share per user. */
export function sampleOf(shares: Iterable<number>): Sample {
  let [users, sum, sumOfSquares] = [0, 0, 0];
  for (const share of shares) {
    users += 1;
    sum += share;
    sumOfSquares += share * share;
  }
  return { users, sum, sumOfSquares };
}

/** The mean share; 0 for nobody. */
export function meanOf({ users, sum }: Sample): number {
  return users === 0 ? 0 : sum / users;
}

/**
 * The variance of one user's share, as if two more users had been seen, one with 0 and one with 1 (Agresti and Caffo,
 * The American Statistician 54:280, 2000). Without them fifty users without an error would look like certainty.
 */
export function varianceOf({ users, sum, sumOfSquares }: Sample): number {
  const mean = (sum + 1) / (users + 2);
  return Math.max(0, (sumOfSquares + 1) / (users + 2) - mean * mean);
}
