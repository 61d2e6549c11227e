import { once } from 'node:events';
import { mkdir, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../services/kit/ports.ts';
import type { FilesJob } from './files-thread.ts';

/** What was made durable when nothing else had to be done. */
export interface FilesTurn {
  readonly made: number;
  readonly seconds: number;
  /** CPU time of all threads together, in ms. */
  readonly cpuMs: number;
}

/** Enough to have both cores and the disk at work, and no more that only wait for each other. */
const threads = 8;

const program = join(import.meta.dirname, 'files-thread.ts');

/**
 * Has threads hash documents of `bytes` and make them durable below `folder`, by the spool's calls on files and without
 * anything else that accepting takes. A yardstick and no bound: the folder is synced for each document, which the spool
 * shares. This process must be idle beside it.
 */
export async function measureFiles(
  folder: string,
  { bytes, forMs, clock }: { bytes: number; forMs: number; clock: Clock },
): Promise<FilesTurn> {
  const own = join(folder, `files-${clock.monotonic()}`);
  const documents = join(own, 'documents');
  await Promise.all([documents, join(own, 'incoming')].map(path => mkdir(path, { recursive: true })));
  const jobs = Array.from({ length: threads }, (_, name) => ({ folder: own, name: `${name}`, bytes, forMs }));
  const workers = await Promise.all(jobs.map(startThread));
  const cpu = process.cpuUsage();
  const began = clock.monotonic();
  const made = await Promise.all(workers.map(runThread));
  const seconds = (clock.monotonic() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await Promise.all(workers.map(worker => worker.terminate()));
  // The names stay, as those of the contestants do (`accept-world.ts`).
  for (const name of await readdir(documents)) await truncate(join(documents, name));
  return { made: made.reduce((sum, count) => sum + count, 0), seconds, cpuMs: (user + system) / 1000 };
}

async function startThread(job: FilesJob): Promise<Worker> {
  const worker = new Worker(program, { workerData: job });
  await once(worker, 'online');
  return worker;
}

async function runThread(worker: Worker): Promise<number> {
  worker.postMessage('begin');
  const [made] = (await once(worker, 'message')) as [number];
  return made;
}
