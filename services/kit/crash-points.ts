import { readFileSync, unlinkSync } from 'node:fs';
import { fileErrorCode } from './file-system.ts';

/**
 * The boundaries between the steps of accept, store and notify, in order. At each of them the process may die and
 * nothing may be lost or doubled; the fault tests kill it there (failures.md 1–3, 33, 42).
 */
export const crashPoints = [
  'accept.received',
  'accept.spooled',
  'accept.named',
  'accept.confirmed',
  'store.received',
  'store.encrypted',
  'store.recorded',
  'store.announced',
  'store.verified',
  'store.receipted',
  'notify.received',
  'notify.claimed',
  'notify.sent',
  'notify.settled',
  'notify.marked',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** Called when a step is behind us; whoever listens may not let us return. */
export type ReachCrashPoint = (point: CrashPoint) => void;

/** Nobody listens. */
export const noCrash: ReachCrashPoint = () => {};

/**
 * Dies, as by `kill -9`, at the point whose name stands in the file; the file is removed first, so that of several
 * processes that watch it one dies, once. For fault tests alone: it reads the file at every point.
 */
export function crashAtFile(path: string): ReachCrashPoint {
  return point => {
    try {
      if (readFileSync(path, 'utf8').trim() !== point) return;
      unlinkSync(path);
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return;
      throw error;
    }
    process.kill(process.pid, 'SIGKILL');
  };
}
