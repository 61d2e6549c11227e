import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { ParityError } from '../domain/errors.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, Worker, workerData, type MessagePort } from 'node:worker_threads';

/** One request of a load. */
export interface LoadRequest {
  /** Whose request it is, in whatever words the test counts by. */
  readonly who: string;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Where a client goes when nobody answers at `url`; the same place when it knows no other. */
  readonly repeatAt?: string;
}

/** What became of one request. */
export interface LoadSample {
  readonly who: string;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly bytes: number;
  /** Epoch milliseconds with fractions, when the first try was sent. */
  readonly firstSentAt: number;
  /** The same of the last try. */
  readonly sentAt: number;
  /** From the first try to the whole answer, in milliseconds. */
  readonly ms: number;
  /** 0 when nobody answered. */
  readonly status: number;
  /** `even/2`, or what went wrong the last time. */
  readonly servedBy: string;
  readonly tries: number;
  /** Status, or what went wrong, of the first try. */
  readonly first: string;
}

/** How much, and how long a client waits for an answer before it repeats once. */
export interface LoadOptions {
  readonly perSecond: number;
  readonly timeoutMs: number;
  /** Sent one after the other, again and again. */
  readonly requests: readonly LoadRequest[];
}

/** A load that is under way. */
export interface OpenLoad {
  /** Goes on with other requests. */
  change(requests: readonly LoadRequest[]): void;
  /** Sends no more; resolves with everything, in the order of sending, when the last answer is there. */
  stop(): Promise<LoadSample[]>;
}

/**
 * An open loop: requests begin when their time has come, whether others are answered or not, so that a slow answer
 * cannot hide those that would have come behind it. Whoever gets no answer, or a 5xx, repeats once, as the app does. It has a
 * thread of its own: what the test does meanwhile does not slow it, nor it the test.
 */
export function startOpenLoad(options: LoadOptions): OpenLoad {
  const worker = new Worker(import.meta.filename, { workerData: options });
  // A test that was given up does not stop its load: that ends with the process, and must not keep it.
  worker.unref();
  return {
    change: requests => worker.postMessage({ requests }),
    stop: async () => {
      worker.ref();
      worker.postMessage('stop');
      const [samples] = (await once(worker, 'message')) as [LoadSample[]];
      await worker.terminate();
      return samples.sort((first, second) => first.sentAt - second.sentAt);
    },
  };
}

const tickMs = 2;

/**
 * More than hang at once at a frozen gateway, and no more: a gateway that cannot keep pace takes a new record when it has
 * served what each of them brought, so that twice as many make a shift half as quick.
 */
const maxSockets = 512;

/** As an app would wait; longer than the front door takes to notice what is dead. */
const beforeRepeatMs = 1_000;

function send({ perSecond, timeoutMs, ...given }: LoadOptions, port: MessagePort): void {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const samples: LoadSample[] = [];
  const underWay = new Set<Promise<void>>();
  const began = performance.now();
  let { requests } = given;
  let sent = 0;
  const sendOne = (index: number) => {
    const next = requests[index % requests.length] as LoadRequest;
    const one = sample(next, { agent, timeoutMs }).then(result => void samples.push(result));
    underWay.add(one);
    void one.then(() => underWay.delete(one));
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * perSecond;
    while (sent < due) sendOne(sent++);
  }, tickMs);
  const stop = async () => {
    clearInterval(timer);
    await Promise.all(underWay);
    port.postMessage(samples);
  };
  port.on('message', (message: 'stop' | { requests: readonly LoadRequest[] }) => {
    if (message === 'stop') void stop();
    else requests = message.requests;
  });
}

async function sample(
  asked: LoadRequest,
  { agent, timeoutMs }: { agent: Agent; timeoutMs: number },
): Promise<LoadSample> {
  const began = performance.now();
  const headers = { ...asked.headers };
  if (asked.method === 'POST') headers['idempotency-key'] ??= randomUUID();
  const firstSentAt = performance.timeOrigin + began;
  let sentAt = firstSentAt;
  let outcome = await ask({ ...asked, headers }, { agent, timeoutMs });
  const first = outcome.status === 0 ? outcome.servedBy : String(outcome.status);
  const tries = outcome.status === 0 || outcome.status >= 500 ? 2 : 1;
  if (tries === 2) {
    await pause(beforeRepeatMs);
    sentAt = performance.timeOrigin + performance.now();
    // A connection of its own: those that are kept may be as dead as the one that failed.
    const url = asked.repeatAt ?? asked.url;
    outcome = await ask({ ...asked, url, headers }, { agent: false, timeoutMs });
  }
  const { who, url, method } = asked;
  const ms = performance.now() - began;
  const bytes = asked.body?.length ?? 0;
  return { who, url, method, bytes, firstSentAt, sentAt, ms, tries, first, ...outcome };
}

function ask(
  { url, method, headers, body }: LoadRequest,
  { agent, timeoutMs }: { agent: Agent | false; timeoutMs: number },
): Promise<{ status: number; servedBy: string }> {
  const { promise, resolve } = Promise.withResolvers<{ status: number; servedBy: string }>();
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const asked = request(
    url,
    { method, agent, timeout: timeoutMs, headers: { ...headers, ...length } },
    response => {
      const status = response.statusCode ?? 0;
      const servedBy = String(response.headers['x-parity-served-by'] ?? 'nobody');
      response.on('end', () => resolve({ status, servedBy })).resume();
      response.on('error', error => resolve({ status: 0, servedBy: error.message }));
    },
  );
  asked.on('timeout', () => asked.destroy(new ParityError('timed_out', `nothing within ${timeoutMs} ms`)));
  asked.on('error', error => resolve({ status: 0, servedBy: error.message }));
  asked.end(body);
  return promise;
}

/** The value below which `share` (0 to 1) of the values lie; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

if (parentPort !== null) send(workerData as LoadOptions, parentPort);
