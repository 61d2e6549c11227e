import { meanOf, type Sample } from './sample.ts';
import type { GateReading, Judgement } from './verdict.ts';

/** A judgement for people: a line per gate with the figures of both sides and the users counted. */
export function explain(judgement: Judgement): string[] {
  if (judgement.verdict === 'blind') return [`blind: ${judgement.why}`];
  return judgement.readings.map(explainReading);
}

function explainReading({ gate, verdict, why, sides }: GateReading): string {
  if (sides.candidate.users === 0 && sides.live.users === 0) return `${gate}: ${verdict}: ${why}`;
  const live = `${figures(sides.live)} on the live release${sides.together ? '' : ' before'}`;
  return `${gate}: ${verdict}: ${figures(sides.candidate)} on the candidate, ${live}: ${why}`;
}

/** One side's figures: the mean share, and of how many users. */
export function figures(sample: Sample): string {
  return `${(meanOf(sample) * 100).toFixed(2)} % of ${sample.users} users`;
}
