import { meanOf, type Sample } from './sample.ts';
import type { GateReading, Judgement } from './verdict.ts';

/** A judgement for people: a line per gate with the figures of both sides and the users counted. */
export function explain(judgement: Judgement): string[] {
  if (judgement.verdict === 'blind') return [`blind: ${judgement.why}`];
  const lines = new Map<string, string[]>();
  for (const reading of judgement.readings) {
    const says = explainReading(reading);
    lines.set(says, [...(lines.get(says) ?? []), reading.gate]);
  }
  return [...lines].map(([says, gates]) => `${gates.join(', ')}: ${says}`);
}

function explainReading({ verdict, why, sides }: GateReading): string {
  if (sides.candidate.users === 0 && sides.live.users === 0) return `${presentVerdict(verdict)}: ${why}`;
  const live = `${figures(sides.live)} on the live release${sides.together ? '' : ' before'}`;
  return `${presentVerdict(verdict)}: ${figures(sides.candidate)} on the candidate, ${live}: ${why}`;
}

/** A verdict in words. */
export function presentVerdict(verdict: Judgement['verdict']): string {
  return verdict.replaceAll('-', ' ');
}

/** One side's figures: the mean share, and of how many users. */
export function figures(sample: Sample): string {
  return `${(meanOf(sample) * 100).toFixed(2)} % of ${sample.users} ${sample.users === 1 ? 'user' : 'users'}`;
}
