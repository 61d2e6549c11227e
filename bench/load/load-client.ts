import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { LoadJob, LoadResult } from './load-job.ts';
import { answerReader } from './answer-reader.ts';

/** The program of the load client: takes jobs from its parent, one at a time, and answers each with its result. */
process.on('message', (job: LoadJob) => {
  void run(job).then(result => process.send?.(result));
});
process.on('disconnect', () => process.exit());

async function run(job: LoadJob): Promise<LoadResult> {
  const statuses: Record<string, number> = {};
  const ms: number[] = [];
  const keyPrefix = randomUUID();
  let sent = 0;
  const body = Buffer.alloc(job.bodyBytes, 'parity');
  const began = performance.now();
  const count = (status: string) => (statuses[status] = (statuses[status] ?? 0) + 1);
  const sending: Sending = {
    ...job,
    next: () => {
      if (performance.now() - began > job.forMs) return undefined;
      const own = `idempotency-key: ${keyPrefix}-${++sent}\r\ncontent-length: ${body.length}\r\n\r\n`;
      return { head: Buffer.from(job.head + own, 'latin1'), body };
    },
    answered: (status, tookMs) => {
      count(String(status));
      ms.push(tookMs);
    },
    broken: () => count('broken'),
  };
  await Promise.all(Array.from({ length: job.connections }, () => sendOverOne(sending)));
  return { statuses, ms, seconds: (performance.now() - began) / 1000 };
}

interface Sending extends LoadJob {
  /** The next request; undefined when the time is over. */
  next(): { readonly head: Buffer; readonly body: Buffer } | undefined;
  answered(status: number, tookMs: number): void;
  broken(): void;
}

/** One connection's worth of load; a server may close it between two requests, then there is another. */
async function sendOverOne(sending: Sending): Promise<void> {
  while ((await untilClosed(sending)) === 'more');
}

function untilClosed(sending: Sending): Promise<'more' | 'done'> {
  const { promise, resolve } = Promise.withResolvers<'more' | 'done'>();
  const socket = connect({ host: '127.0.0.1', port: sending.port, noDelay: true });
  const reader = answerReader();
  let beganAt: number | undefined;
  let isDone = false;
  const send = () => {
    const next = sending.next();
    if (next === undefined) {
      isDone = true;
      socket.end();
      return;
    }
    beganAt = performance.now();
    write(socket, next);
  };
  socket.once('connect', send);
  socket.on('data', chunk => {
    const status = reader.add(chunk);
    if (status === undefined || beganAt === undefined) return;
    sending.answered(status, performance.now() - beganAt);
    beganAt = undefined;
    send();
  });
  socket.on('error', () => {});
  socket.once('close', () => {
    if (beganAt !== undefined) sending.broken();
    // A server that takes no connection at all ends the job: its result says so.
    resolve(isDone || beganAt !== undefined || socket.bytesRead === 0 ? 'done' : 'more');
  });
  return promise;
}

/** Both parts in one system call. */
function write(socket: Socket, { head, body }: { head: Buffer; body: Buffer }): void {
  socket.cork();
  socket.write(head);
  socket.write(body);
  socket.uncork();
}
