import type { Clock } from '../../services/kit/ports.ts';
import { startLoadClient } from '../load/start-load-client.ts';
import type { Verdict } from '../verdict.ts';
import { acceptFigures, judgeAccept, type AcceptFigures } from './accept-figures.ts';
import { openAcceptWorld, type AcceptSurroundings } from './accept-world.ts';
import type { DocumentSize } from './contestant.ts';
import { runRounds, type RoundsPlan } from './run-rounds.ts';

/** How much is measured. */
export type AcceptPlan = Pick<
  RoundsPlan,
  'connections' | 'rounds' | 'turnMs' | 'warmUpMs' | 'syncMs' | 'tell'
> & { readonly clock: Clock; readonly sizes: readonly DocumentSize[] };

/** What was measured, and the Envoy it was measured through. */
export interface AcceptOutcome {
  readonly figures: AcceptFigures;
  readonly verdicts: readonly Verdict[];
  readonly envoyVersion: string;
}

/** Three rounds of turns that are long against the hundredths of a second in which CPU time is counted. */
export const fullAccept = {
  connections: 32,
  sizes: ['1 KB', '200 KB', '2 MB'],
  rounds: 3,
  turnMs: 4_000,
  warmUpMs: 1_500,
  syncMs: 1_000,
} as const satisfies Omit<AcceptPlan, 'clock' | 'tell'>;

/** Measures how documents are accepted, beside others who take uploads. */
export async function measureAccept(around: AcceptSurroundings, plan: AcceptPlan): Promise<AcceptOutcome> {
  const { contestants, envoyVersion } = await openAcceptWorld(around);
  const client = startLoadClient();
  await around.closing.opened(() => client.stop());
  const rounds = await runRounds({ ...plan, contestants, client, folder: around.paths.root });
  const figures = acceptFigures(rounds);
  return { figures, verdicts: judgeAccept(figures), envoyVersion };
}
