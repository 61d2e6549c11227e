/** A share between 0 and 1 per distinct user, folded over users, so that no user weighs more than another. */
export interface Sample {
  readonly users: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** Nobody. */
export const noSample: Sample = { users: 0, sum: 0, sumOfSquares: 0 };
