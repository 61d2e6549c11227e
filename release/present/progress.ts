import { isHold } from '../../domain/release-step.ts';
import { explain, figures, presentVerdict } from '../gates/explain.ts';
import type { Judgement } from '../gates/verdict.ts';
import type { Progress } from '../shipment.ts';
import { inColumns } from './columns.ts';
import { presentDuration } from './duration.ts';
import { leftMs, type ShipView } from './ship-view.ts';

const marks = { done: '✓', failed: '✗', waiting: '…', errored: '✗', 'taken-back': '✗' } as const;

/** A release under way on one screen: its steps, the threshold, both sides' figures, the verdict, the time left. */
export function presentScreen(view: ShipView, nowMs: number): string[] {
  const { plan, steps, step, ended, threshold, beganMs, stepBeganMs } = view;
  const shown = steps.map(({ id }) => {
    const outcome = ended[id];
    if (outcome !== undefined) return `${id} ${marks[outcome]}`;
    return id === step ? `▶ ${id}` : id;
  });
  const running = steps.find(({ id }) => id === step);
  const hold =
    running && `${presentDuration(nowMs - stepBeganMs)} of about ${presentDuration(running.expectedMs)}`;
  const left = presentDuration(leftMs(view, nowMs));
  return [
    `Release ${plan.release} after ${plan.from}: ${presentDuration(nowMs - beganMs)}, about ${left} left`,
    `  ${shown.join('  ')}`,
    `  threshold ${presentThreshold(threshold)}${hold === undefined ? '' : `; ${step}: ${hold}`}`,
    ...presentJudgement(view.judgement).map(line => `  ${line}`),
  ];
}

/** Both sides of each gate, below them the verdict. */
export function presentJudgement(judgement: Judgement | undefined): string[] {
  if (judgement === undefined) return [];
  const gates = judgement.readings
    .filter(({ sides }) => sides.candidate.users + sides.live.users > 0)
    .map(({ gate, verdict, sides }) => [
      gate,
      figures(sides.candidate),
      `${figures(sides.live)}${sides.together ? '' : ' before'}`,
      presentVerdict(verdict),
    ]);
  const table = gates.length === 0 ? [] : inColumns([['', 'candidate', 'live release', ''], ...gates]);
  return [...table, `verdict: ${presentVerdict(judgement.verdict)}: ${judgement.why}`];
}

/** The share of the users below a threshold. */
export function presentThreshold(threshold: number): string {
  return `${threshold / 10} %`;
}

/**
 * What happened, for where no screen is: a line per event. A look is told only when it says something else than the
 * one before.
 */
export function presentEvent(progress: Progress, before: ShipView, nowMs: number): string[] {
  const { step } = progress;
  switch (progress.kind) {
    case 'step':
      return [`${step} …  (about ${presentDuration(leftMs(before, nowMs))} left)`];
    case 'look': {
      const { threshold, judgement } = progress;
      const isSame = before.threshold === threshold && saysTheSame(before.judgement, judgement);
      return isSame
        ? []
        : [
            `${step}: threshold ${presentThreshold(threshold)}, ${presentVerdict(judgement.verdict)}: ${judgement.why}`,
          ];
    }
    case 'end': {
      const took = presentDuration(nowMs - before.stepBeganMs);
      const seen = before.judgement === undefined ? [] : explain(before.judgement);
      // What somebody else saw who took it back is not what was seen here.
      const isOurs = progress.outcome !== 'taken-back';
      const figuresSeen = isOurs && isHold(step) ? seen.map(line => `    ${line}`) : [];
      return [`${step} ${progress.outcome.replace('-', ' ')} after ${took}: ${progress.why}`, ...figuresSeen];
    }
  }
}

/** The figures differ at every look; what a person wants to know is the verdict, and what the release waits for. */
function saysTheSame(before: Judgement | undefined, judgement: Judgement): boolean {
  const heldBackBy = ({ readings }: Judgement) =>
    readings.filter(({ holdsBack }) => holdsBack).map(({ gate }) => gate);
  return before?.verdict === judgement.verdict && heldBackBy(before).join() === heldBackBy(judgement).join();
}
