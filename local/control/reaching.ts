import { isParityError, ParityError } from '../../domain/errors.ts';

/**
 * What the pair process answers, where whoever asks it asks a cluster: a pair that does not run is a cluster that does
 * not answer. @throws ParityError `unreachable`, or what the pair answered
 */
export async function reaching<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    if (!isParityError(cause, 'not_running')) throw cause;
    throw new ParityError('unreachable', cause.message, { cause });
  }
}
