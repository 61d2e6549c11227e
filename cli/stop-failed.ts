import { ParityError } from '../domain/errors.ts';
import { knownError } from '../domain/file-fault.ts';
import type { Pair } from '../local/pair/start-pair.ts';
import { overdue, withinDeadline, type Deadline } from '../services/kit/deadline.ts';

/**
 * Stops a pair that could not be started, and gives what there is to tell: why it could not, and where that is so, that
 * what had started did not end in order either. It takes no longer than the deadline.
 */
export async function stopFailed(
  pair: Pick<Pair, 'stop'>,
  error: unknown,
  deadline: Deadline,
): Promise<unknown> {
  if ((await withinDeadline(pair.stop(), deadline)) !== overdue) return error;
  const { code, message: why } = knownError(error) ?? { code: 'internal' as const, message: String(error) };
  const rest = `What had started did not end within ${deadline.ms / 1000} s and is killed; then start it again.`;
  return new ParityError(code, `${why} ${rest}`, { cause: error });
}
