import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { recordShape } from '../../domain/record-shape.ts';
import type { Judgement } from '../gates/verdict.ts';
import type { ClusterPort, KeeperReport } from '../ports.ts';
import { keeperPaths } from './keeper-paths.ts';

/** A keeper answers from memory; a nudge waits until its gateway works by the newest record. */
const reportWithinMs = 2_000;
const nudgeWithinMs = 5_000;

const { live, candidate, threshold, cohorts } = recordShape.shape;
const reportShape = z.object({
  recordVersion: z.int().positive(),
  rendered: z.object({ live, candidate, threshold, cohorts }),
  readBack: z.boolean(),
  // Only shown and passed on.
  judgement: z.custom<Judgement>().optional(),
});

/** The keeper at `url`, as the engine asks it. Both throw ParityError `unreachable`. */
export function askKeeper(url: string): Pick<ClusterPort, 'nudge' | 'keeper'> {
  return {
    nudge: async () =>
      void (await ask(url, { path: keeperPaths.nudge, method: 'POST', withinMs: nudgeWithinMs })),
    keeper: async () =>
      parseReport(url, await ask(url, { path: keeperPaths.report, method: 'GET', withinMs: reportWithinMs })),
  };
}

interface Asked {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly withinMs: number;
}

async function ask(url: string, { path, method, withinMs }: Asked): Promise<unknown> {
  try {
    const answer = await fetch(new URL(path, url), { method, signal: AbortSignal.timeout(withinMs) });
    const body: unknown = await answer.json();
    if (answer.ok) return body;
    throw new ParityError(
      'unreachable',
      `The keeper at ${url} answers ${answer.status}: ${JSON.stringify(body)}`,
    );
  } catch (cause) {
    if (cause instanceof ParityError) throw cause;
    throw new ParityError('unreachable', `The keeper at ${url} does not answer.`, { cause });
  }
}

function parseReport(url: string, body: unknown): KeeperReport {
  const parsed = reportShape.safeParse(body);
  if (parsed.success) return { ...parsed.data, judgement: parsed.data.judgement };
  throw new ParityError(
    'unreachable',
    `The keeper at ${url} says what nobody understands:\n${z.prettifyError(parsed.error)}`,
  );
}
