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
