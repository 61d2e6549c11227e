import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import type { LoadJob, LoadResult } from './load-job.ts';

/** The process that plays all clients. */
export interface LoadClient {
  readonly pid: number | undefined;
  /** @throws ParityError `send_failed` when the client itself ends. */
  send(job: LoadJob): Promise<LoadResult>;
  stop(): Promise<void>;
}

/**
 * Starts the load client, in a process of its own so that what it costs is nobody else's. It is our own, over bare
 * sockets: on a small machine every microsecond that a client takes is missing to the server it measures.
 */
export function startLoadClient(): LoadClient {
  const child = fork(join(import.meta.dirname, 'load-client.ts'));
  const exited = once(child, 'exit');
  return {
    pid: child.pid,
    send: async job => {
      child.send(job);
      const ended = exited.then(([code]) => {
        throw new ParityError('send_failed', `The load client ended with ${code} in the middle of a job.`);
      });
      const [result] = (await Promise.race([once(child, 'message'), ended])) as [LoadResult];
      return result;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
