import { meanOf, type Sample } from './sample.ts';
import type { GateReading, Judgement, Sides } from './verdict.ts';

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
  const seen = figuresOf(sides);
  return [presentVerdict(verdict), ...(seen === undefined ? [] : [seen]), why].join(': ');
}

/** A verdict in words. */
export function presentVerdict(verdict: Judgement['verdict']): string {
  return verdict.replaceAll('-', ' ');
}

/** Why a gate says what it says, with the figures of both sides: for whoever reads nothing else. */
export function reasonOf({ gate, why, sides }: Pick<GateReading, 'gate' | 'why' | 'sides'>): string {
  const seen = figuresOf(sides);
  return `${gate}: ${why}${seen === undefined ? '' : ` (${seen})`}`;
}

/** The figures of both sides; undefined where nobody was counted. */
function figuresOf({ candidate, live, together }: Sides): string | undefined {
  if (candidate.users === 0 && live.users === 0) return undefined;
  const before = together ? '' : ' before';
  return `${figures(candidate)} on the candidate, ${figures(live)} on the live release${before}`;
}

/** One side's figures: the mean share, and of how many users. */
export function figures(sample: Sample): string {
  return `${(meanOf(sample) * 100).toFixed(2)} % of ${sample.users} ${sample.users === 1 ? 'user' : 'users'}`;
}
