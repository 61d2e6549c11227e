import type { WorkloadStatus } from '../supervisor/workload.ts';

/** Says that something ended which nobody had asked to, and that it is started again. */
export function tellEnd(
  what: string,
  { state, lastEnd }: WorkloadStatus,
  tell: (line: string) => void,
): void {
  if (state === 'waiting') tell(`${lastEnd}; started again: ${what}`);
}
