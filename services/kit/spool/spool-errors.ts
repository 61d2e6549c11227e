import { ParityError } from '../../../domain/errors.ts';
import { systemErrorCode } from '../file-system.ts';

const full = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Runs one step on the spool's file system and says what its failure means to a sender: 507 when there is no room,
 * 503 for everything else that the operating system refuses (failures.md 9, 10, 34).
 */
export async function spoolErrors<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (cause instanceof ParityError || code === undefined) throw cause;
    if (full.has(code)) {
      const message =
        'The spool is full: nothing was kept. Send the document again later, with the same key.';
      throw new ParityError('spool_full', message, { cause, retryAfterS: 30 });
    }
    const message = `The spool refuses (${code}): nothing was promised. Send the document again, with the same key.`;
    throw new ParityError('spool_unavailable', message, { cause, retryAfterS: 5 });
  }
}
