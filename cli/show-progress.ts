import type { StepName } from '../domain/release-step.ts';
import type { Plan } from '../release/plan.ts';
import type { Clock } from '../release/ports.ts';
import { presentEvent, presentScreen } from '../release/present/progress.ts';
import { beginView, nextView, type ShipView } from '../release/present/ship-view.ts';
import type { Progress } from '../release/shipment.ts';
import type { Cli } from './cli.ts';

/** Shows how a release goes while it goes. */
export interface ShownProgress {
  readonly tell: (progress: Progress) => void;
  /** A line besides, such as that somebody wants to leave. */
  readonly say: (line: string) => void;
  close(): void;
}

const redrawMs = 250;

/**
 * On a screen: a few lines that are replaced all the time. Elsewhere a line per event with its time; with --json
 * nothing, the end alone is told.
 */
export function showProgress(
  cli: Cli,
  { plan, until, clock }: { plan: Plan; until: StepName | undefined; clock: Clock },
): ShownProgress {
  let view = beginView(plan, until, clock.monotonic());
  const next = (progress: Progress) => (view = nextView(view, progress, clock.monotonic()));
  if (cli.json()) return { tell: next, say: () => {}, close: () => {} };
  if (cli.terminal.isScreen) return onScreen(cli, { next, view: () => view, clock });
  return {
    tell: progress => {
      const before = view;
      next(progress);
      const at = new Date(clock.now()).toISOString().slice(11, 19);
      const known = progress.kind === 'end' ? before : { ...before, ...stepOf(view) };
      presentEvent(progress, known, clock.monotonic()).forEach(line => cli.print(`${at}  ${line}`));
    },
    say: cli.mention,
    close: () => {},
  };
}

/** A step that begins is told with the time that is left from then on. */
function stepOf({ step, stepBeganMs }: ShipView): Pick<ShipView, 'step' | 'stepBeganMs'> {
  return { step, stepBeganMs };
}

function onScreen(
  { terminal }: Cli,
  on: { next: (progress: Progress) => void; view: () => ShipView; clock: Clock },
): ShownProgress {
  const said: string[] = [];
  const draw = () => terminal.replace([...presentScreen(on.view(), on.clock.monotonic()), ...said]);
  const timer = setInterval(draw, redrawMs);
  let isOpen = true;
  return {
    tell: progress => {
      on.next(progress);
      draw();
    },
    say: line => {
      said.push(line);
      draw();
    },
    close: () => {
      if (isOpen) draw();
      isOpen = false;
      clearInterval(timer);
    },
  };
}
