import type { Cli } from './cli.ts';

/** Does what ends in order when somebody leaves: Ctrl-C aborts the signal, and the work says how far it came. */
export async function whileHere<T>(
  { onInterrupt, mention }: Pick<Cli, 'onInterrupt' | 'mention'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leaving = new AbortController();
  const forget = onInterrupt(() => {
    mention('Leaving in order (Ctrl-C again ends it at once) …');
    leaving.abort();
  });
  try {
    return await work(leaving.signal);
  } finally {
    forget();
  }
}
