import { isParityError } from '../../../../domain/errors.ts';
import type { Check } from '../../../ports.ts';
import { callAws } from '../call-aws.ts';

/** One thing to look at on AWS. */
export interface Question<Answer> {
  readonly name: string;
  /** Completes "AWS refuses to …". */
  readonly doing: string;
  readonly ask: (options: { abortSignal: AbortSignal }) => Promise<Answer>;
  /** What is wrong and what to do about it; undefined when all is well. */
  readonly fault: (answer: Answer) => string | undefined;
}

/** Looks, and gives what was seen; AWS that does not answer or refuses is a fault like any other, in its own words. */
export async function look<Answer>({ name, doing, ask, fault }: Question<Answer>): Promise<Check> {
  try {
    const why = fault(await callAws(doing, ask));
    return why === undefined ? { name, ok: true } : { name, ok: false, why };
  } catch (error) {
    if (!isParityError(error)) throw error;
    return { name, ok: false, why: error.message };
  }
}

/** How long ago something was, for people. */
export function ago(atMs: number, nowMs: number): string {
  const minutes = Math.round((nowMs - atMs) / 60_000);
  return minutes < 120 ? `${minutes} minutes ago` : `${Math.round(minutes / 60)} hours ago`;
}
