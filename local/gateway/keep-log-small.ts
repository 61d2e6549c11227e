import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../services/kit/ports.ts';
import type { AdminInterface } from './admin-interface.ts';
import { accessLogFile } from './render-gateway.ts';

const everyMs = 5_000;

/** A line has about 300 bytes, and nobody who judges a release looks further back than some minutes. */
const maxLogBytes = 64 * 1024 * 1024;

/** What a log is kept small with. */
export interface LogKeeping {
  readonly folder: string;
  readonly admin: Pick<AdminInterface, 'reopenLogs'>;
  readonly clock: Clock;
  readonly maxBytes?: number;
}

/**
 * Puts a gateway's access log aside when it has grown large, in place of the one put aside before, and has Envoy write
 * a new one; until the signal.
 */
export async function keepLogSmall(keeping: LogKeeping, signal: AbortSignal): Promise<void> {
  const { folder, admin, clock, maxBytes = maxLogBytes } = keeping;
  const file = join(folder, accessLogFile);
  while (!signal.aborted) {
    await clock.delay(everyMs, signal).catch(() => {});
    const size = await sizeOf(file);
    if (signal.aborted || (size !== undefined && size < maxBytes)) continue;
    if (size !== undefined) await rename(file, `${file}.1`).catch(() => {});
    // Whoever does not answer now goes on writing to what was put aside, and is asked again while there is no new one.
    await admin.reopenLogs().catch(() => {});
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}
