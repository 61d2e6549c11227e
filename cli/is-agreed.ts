import type { Terminal } from './terminal.ts';

/** Asks a question that is answered by yes or no, and takes only a yes for one; true where there is nobody to ask. */
export async function isAgreed(terminal: Terminal, question: string): Promise<boolean> {
  if (!terminal.canAsk) return true;
  return /^y(es)?$/i.test((await terminal.ask(`${question} [y/N] `)).trim());
}
