import { decorateFiles, type FileCall, type FileOperation, type RunFileCall } from './decorate-files.ts';
import { systemErrorCode, type FileSystem } from './file-system.ts';
import type { Log } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { Clock } from './ports.ts';

/** Refusals that say something of the file system itself, as opposed to a name that is there or is not. */
const refusals = ['EIO', 'ESTALE', 'EROFS', 'ENOSPC', 'EDQUOT', 'ETIMEDOUT'] as const;

/** Calls after whose failure nobody knows what of the bytes written before is on the disk. */
const writing: ReadonlySet<FileOperation> = new Set(['write', 'sync', 'close', 'createWhole', 'syncFolder']);

/** A dying disk refuses everything: one line says so until this has passed. */
const quietMs = 60_000;

/** What alarms need. */
export interface AlarmedBy {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Makes file systems count what they refuse, and raise an alarm when they lost bytes (failures.md 10). */
export function fileAlarms({ clock, log, metrics }: AlarmedBy): (files: FileSystem) => FileSystem {
  const refused = metrics.counter({
    name: 'parity_file_calls_refused_total',
    help: 'Calls on files that the shared file system refused, by its code.',
    labels: { code: refusals },
  });
  let quietUntilMs = -Infinity;
  const tell = ({ operation, path }: FileCall, error: unknown) => {
    const code = refusals.find(known => known === systemErrorCode(error));
    if (code === undefined) return;
    refused({ code });
    if (code !== 'EIO' || !writing.has(operation) || clock.monotonic() < quietUntilMs) return;
    quietUntilMs = clock.monotonic() + quietMs;
    log.error({ operation, path, error, alarm: 'write_lost' }, 'the file system lost what was written to it');
  };
  const run: RunFileCall = async (call, work) => {
    try {
      return await work();
    } catch (error) {
      tell(call, error);
      throw error;
    }
  };
  return files => decorateFiles(files, run);
}
