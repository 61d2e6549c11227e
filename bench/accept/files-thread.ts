import { createHash } from 'node:crypto';
import { closeSync, constants, fsyncSync, linkSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

/** What a thread does once it is told to: `folder` has the folders `incoming` and `documents`. */
export interface FilesJob {
  readonly folder: string;
  /** No two threads have the same. */
  readonly name: string;
  readonly bytes: number;
  /** Whose names one sync of the folder makes durable. */
  readonly documentsPerSync: number;
  readonly forMs: number;
}

const creating = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_DSYNC;

/** Hashes documents and makes them durable as the spool does, call after call, and nothing else; gives how many. */
function makeDurable({ folder, name, bytes, documentsPerSync, forMs }: FilesJob): number {
  const content = Buffer.alloc(bytes, 'parity');
  const documents = openSync(join(folder, 'documents'), 'r');
  const until = performance.now() + forMs;
  let made = 0;
  for (; performance.now() < until; made++) {
    createHash('sha256').update(content).digest();
    const temporary = join(folder, 'incoming', `${name}-${made}`);
    const file = openSync(temporary, creating, 0o600);
    writeSync(file, content);
    closeSync(file);
    linkSync(temporary, join(folder, 'documents', `${name}-${made}`));
    if (made % documentsPerSync === 0) fsyncSync(documents);
    unlinkSync(temporary);
  }
  closeSync(documents);
  return made;
}

parentPort?.once('message', () => parentPort?.postMessage(makeDurable(workerData as FilesJob)));
// Who begins to count when a thread is there counts how modules are loaded.
parentPort?.postMessage('ready');
