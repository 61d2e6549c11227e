import { once } from 'node:events';
import { mkdir, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../services/kit/ports.ts';
import type { FilesJob } from './files-thread.ts';

/** What was made durable when nothing else had to be done. */
export interface FilesTurn {
  readonly made: number;
  /** CPU time of all threads together, in ms. */
  readonly cpuMs: number;
}

/** From one that never waits for another to more than the cores need; nobody knows which spends the least. */
const threadCounts = [1, 2, 4, 8];

/** What the most connections that the bench opens could share. */
const documentsPerSync = 32;

const program = join(import.meta.dirname, 'files-thread.ts');

/**
 * The least that it costs to hash documents of `bytes` and make them durable below `folder`, by the spool's calls on
 * files: several numbers of threads take turns, and the cheapest counts. No call waits in a queue, none is handed over,
 * and each sync of the folder serves as many documents as clients ever send at once. This process must be idle beside it.
 */
export async function measureFiles(
  folder: string,
  { bytes, forMs, clock }: { bytes: number; forMs: number; clock: Clock },
): Promise<FilesTurn> {
  const turns: FilesTurn[] = [];
  for (const threads of threadCounts) {
    turns.push(
      await takeTurn(folder, { threads, bytes, documentsPerSync, forMs: forMs / threadCounts.length }, clock),
    );
  }
  return turns.reduce((least, turn) => (turn.cpuMs / turn.made < least.cpuMs / least.made ? turn : least));
}

async function takeTurn(
  folder: string,
  { threads, ...job }: Omit<FilesJob, 'folder' | 'name'> & { threads: number },
  clock: Clock,
): Promise<FilesTurn> {
  const own = join(folder, `files-${clock.monotonic()}`);
  const documents = join(own, 'documents');
  await Promise.all([documents, join(own, 'incoming')].map(path => mkdir(path, { recursive: true })));
  const jobs = Array.from({ length: threads }, (_, name) => ({ ...job, folder: own, name: `${name}` }));
  const workers = await Promise.all(jobs.map(startThread));
  const cpu = process.cpuUsage();
  const made = await Promise.all(workers.map(runThread));
  const { user, system } = process.cpuUsage(cpu);
  await Promise.all(workers.map(worker => worker.terminate()));
  // The names stay, as those of the contestants do (`accept-world.ts`).
  for (const name of await readdir(documents)) await truncate(join(documents, name));
  return { made: made.reduce((sum, count) => sum + count, 0), cpuMs: (user + system) / 1000 };
}

async function startThread(job: FilesJob): Promise<Worker> {
  const worker = new Worker(program, { workerData: job });
  await once(worker, 'message');
  return worker;
}

async function runThread(worker: Worker): Promise<number> {
  worker.postMessage('begin');
  const [made] = (await once(worker, 'message')) as [number];
  return made;
}
