/**
 * How far a mean may be from its estimate, at any of any number of looks, except with probability `alpha`.
 *
 * The two-sided normal-mixture confidence sequence: Robbins, Annals of Mathematical Statistics 41:1397 (1970); for
 * comparing two groups under continuous monitoring Johari, Koomen, Pekelis and Walsh, "Always Valid Inference",
 * Operations Research 70:1806 (2022); for means of any shape, asymptotically, Waudby-Smith, Arbour, Sinha, Kennedy and
 * Ramdas, Annals of Statistics 52:2613 (2024). `variance` is that of the estimate, `scale` the size of difference at
 * which the sequence is tightest: the standard deviation of the mixing normal.
 */
export function halfWidth(of: { variance: number; scale: number; alpha: number }): number {
  const { variance, alpha } = of;
  if (variance === 0) return 0;
  const ratio = variance / (of.scale * of.scale);
  return Math.sqrt(variance * (1 + ratio) * (Math.log1p(1 / ratio) + 2 * Math.log(1 / alpha)));
}

/** What shares of some users add up to. */
export interface SummedShares {
  readonly users: number;
  readonly sum: number;
}

/** Between which values a mean lies. */
export interface MeanWithin {
  readonly least: number;
  readonly most: number;
}

/**
 * Between which values the mean of shares from 0 to 1 lies, at any of any number of looks, except with probability
 * `alpha`. Nothing is said of how shares vary, so it holds for a handful of users; where many users vary little,
 * `halfWidth` is tighter.
 *
 * Whoever bets on each share with odds that would be fair if the mean were `m` gets rich only if it is not (the shares'
 * convexity: Hoeffding, Journal of the American Statistical Association 58:13, 1963). With Krichevsky and Trofimov's bets
 * (IEEE Transactions on Information Theory 27:199, 1981) he has at least `exp(users * divergence) / (2 * sqrt(users))`;
 * as a confidence sequence: Orabona and Jun, IEEE Transactions on Information Theory 70:436 (2024).
 */
export function meanWithin({ users, sum }: SummedShares, alpha: number): MeanWithin {
  if (users === 0) return { least: 0, most: 1 };
  const mean = sum / users;
  const enough = (Math.log(1 / alpha) + Math.log(2) + Math.log(users) / 2) / users;
  const isTooFar = (value: number) => divergence(mean, value) > enough;
  return { least: boundary(0, mean, isTooFar), most: boundary(1, mean, isTooFar) };
}

/** Bisections until a bound is exact to a billionth. */
const bisections = 30;

/** Where between `far` and `near` values begin to be too far, on the safe side of it. */
function boundary(far: number, near: number, isTooFar: (value: number) => boolean): number {
  let [outer, inner] = [far, near];
  for (let at = 0; at < bisections; at += 1) {
    const middle = (outer + inner) / 2;
    if (isTooFar(middle)) outer = middle;
    else inner = middle;
  }
  return outer;
}

/** How far a coin that shows heads in a part `a` of its throws is from one of `b` (Kullback and Leibler, in nats). */
function divergence(a: number, b: number): number {
  const term = (of: number, at: number) => (of === 0 ? 0 : of * Math.log(of / at));
  return term(a, b) + term(1 - a, 1 - b);
}
