import type { Gate } from '../policy.ts';
import { halfWidth, meanWithin } from './confidence-sequence.ts';
import { meanOf, varianceOf, type Sample } from './sample.ts';
import type { GateReading, Sides } from './verdict.ts';

/** How sure a gate has to be. */
export interface Certainty {
  /** What a pass must rule out, as a share per user. */
  readonly margin: number;
  readonly minimumUsers: number;
  /** How often one comparison of a good release may say *worse*. */
  readonly falseStop: number;
  /** How often a release that is worse by the margin may pass. */
  readonly falsePass: number;
}

/** A difference below this part of the margin is nobody's reason to stop, however certain it is. */
const negligiblePart = 1 / 4;

/** Standard errors by which whoever looks once, and wants to be sure in nineteen of twenty cases, sees a difference. */
const seenAtOnce = 1.645;

/** Objective and comparison of one gate (design.md §6). */
export function judgeGate(gate: Gate, sides: Sides, certainty: Certainty): GateReading {
  const said = harm(gate, sides, certainty) ?? proof(gate, sides, certainty);
  return { gate: gate.name, ...said, sides };
}

type Said = Pick<GateReading, 'verdict' | 'why' | 'holdsBack'>;

/** Evidence that the candidate is bad, worse than the live release, or harms it. */
function harm({ limit }: Gate, sides: Sides, certainty: Certainty): Said | undefined {
  const { candidate, live, baseline, together } = sides;
  const { margin, minimumUsers, falseStop } = certainty;
  const worse = (why: string): Said => ({ verdict: 'worse', why });
  const sure = { scale: margin, alpha: falseStop };
  if (candidate.users < minimumUsers) return undefined;

  const overLimit = leastMean(candidate, sure) - limit;
  if (overLimit > 0)
    return worse(`above the objective of ${percent(limit)} by at least ${points(overLimit)}`);

  if (live.users < minimumUsers) return undefined;
  const overLive = leastDifference(candidate, live, sure);
  if (overLive > margin * negligiblePart)
    return worse(`at least ${points(overLive)} more than the live release`);

  if (!together || baseline.users < minimumUsers) return undefined;
  const overBefore = leastDifference(live, baseline, sure);
  if (overBefore <= margin) return undefined;
  return worse(`the live release itself has at least ${points(overBefore)} more than before the shift`);
}

/** Evidence that the candidate keeps the objective and is not worse by the margin. */
function proof({ limit }: Gate, { candidate, live }: Sides, certainty: Certainty): Said {
  const { margin, minimumUsers, falsePass } = certainty;
  const short = (why: string): Said => ({ verdict: 'not-enough-evidence', why });
  if (candidate.users < minimumUsers || live.users < minimumUsers)
    return short(`fewer than ${minimumUsers} users on one side`);
  if (meanOf(candidate) > limit) {
    const why = `above the objective of ${percent(limit)}, though not for certain`;
    return { ...short(why), holdsBack: isAgainst({ limit, margin }, { candidate, live }) };
  }

  // Under what is to be ruled out the candidate's share would be at least so high, and would vary accordingly.
  const ruledOut = Math.min(0.5, meanOf(live) + margin);
  const candidateVariance = Math.max(varianceOf(candidate), ruledOut * (1 - ruledOut)) / candidate.users;
  const variance = candidateVariance + ofMean(live);
  const upper = meanOf(candidate) - meanOf(live) + halfWidth({ scale: margin, alpha: falsePass, variance });
  if (upper < margin) return { verdict: 'pass', why: `at most ${points(upper)} more than the live release` };
  return short(`${points(upper)} more than the live release cannot be ruled out yet`);
}

/** Both the objective and the comparison look bad, by more than an ordinary look would take for chance. */
function isAgainst(
  { limit, margin }: { limit: number; margin: number },
  { candidate, live }: Pick<Sides, 'candidate' | 'live'>,
): boolean {
  const overLimit = meanOf(candidate) - limit;
  const overLive = meanOf(candidate) - meanOf(live);
  return (
    overLimit > seenAtOnce * Math.sqrt(ofMean(candidate)) &&
    overLive > Math.min(margin * negligiblePart, limit) &&
    overLive > seenAtOnce * Math.sqrt(ofMean(candidate) + ofMean(live))
  );
}

/** How sure a bound has to be: `halfWidth` explains. */
interface Sure {
  readonly scale: number;
  readonly alpha: number;
}

/**
 * The least that the mean is, with the given certainty at every look. Two bounds share the chance of being wrong: one for
 * a handful of users, one that many users who vary little make tight.
 */
function leastMean(sample: Sample, { scale, alpha }: Sure): number {
  const ofMany = meanOf(sample) - halfWidth({ scale, alpha: alpha / 2, variance: ofMean(sample) });
  return Math.max(ofMany, meanWithin(sample, alpha / 2).least);
}

/** The least by which the mean of `a` is above that of `b`, in the same way. */
function leastDifference(a: Sample, b: Sample, { scale, alpha }: Sure): number {
  const variance = ofMean(a) + ofMean(b);
  const ofMany = meanOf(a) - meanOf(b) - halfWidth({ scale, alpha: alpha / 2, variance });
  return Math.max(ofMany, meanWithin(a, alpha / 4).least - meanWithin(b, alpha / 4).most);
}

function ofMean(sample: Sample): number {
  return varianceOf(sample) / sample.users;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function points(difference: number): string {
  return `${(difference * 100).toFixed(1)} points`;
}
