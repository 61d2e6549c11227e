import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../services/kit/ports.ts';

/** Enough for a percentile of a slow disk, and no end of it on a quick one. */
const leastWrites = 5;

/** Milliseconds that the file system of `folder` needs to take a file of `bytes` and sync it, one after the other. */
export async function measureSync(
  folder: string,
  { bytes, forMs, clock }: { bytes: number; forMs: number; clock: Clock },
): Promise<number[]> {
  const content = Buffer.alloc(bytes, 'parity');
  const path = join(folder, 'sync-probe');
  const until = clock.monotonic() + forMs;
  const took: number[] = [];
  while (took.length < leastWrites || clock.monotonic() < until) {
    const began = clock.monotonic();
    const file = await open(path, 'wx');
    await file.write(content);
    await file.datasync();
    took.push(clock.monotonic() - began);
    await file.close();
    await rm(path);
  }
  return took;
}
