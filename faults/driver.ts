import { setTimeout as pause } from 'node:timers/promises';
import { createHash, randomUUID } from 'node:crypto';
import { ParityError } from '../domain/errors.ts';
import type { SampleDocument } from './sample-documents.ts';

/** An upload that was promised a document. */
export interface Acknowledged {
  readonly id: string;
  readonly sample: SampleDocument;
  /** How often it was sent. */
  readonly attempts: number;
  /** Epoch milliseconds of the 202. */
  readonly at: number;
}

/** A document in its owner's list. */
export interface Listed {
  readonly id: string;
  readonly sha256: string;
  readonly state: string;
}

/** A driver's app: sends papers, repeats with the same key until it is told 202, and knows what became of them. */
export interface Driver {
  readonly user: string;
  readonly installation: string;
  /** @throws ParityError `send_failed` when it is refused for good, or has not been taken within two minutes. */
  send(sample: SampleDocument, options?: { to?: string; key?: string }): Promise<Acknowledged>;
  /** One try, whatever comes of it. */
  sendOnce(sample: SampleDocument, options: { to: string; key: string }): Promise<Response>;
  state(id: string): Promise<string>;
  /** SHA-256 (hex) of what is served at a URL, with the driver's token or, for a link, without. */
  hashOf(url: string, options?: { withToken: boolean }): Promise<string>;
  list(): Promise<Listed[]>;
}

const giveUpAfterMs = 120_000;
const repeatAfterMs = 100;

/** A driver with a token and a phone. */
export async function aDriver(of: { url: string; token: string; user: string }): Promise<Driver> {
  const { url, user } = of;
  const authorization = `Bearer ${of.token}`;
  const installation = `phone-of-${user}`;
  await register({ url, authorization, installation });
  const sendOnce = sendingOnce(authorization);
  return {
    user,
    installation,
    sendOnce,
    send: (sample, { to = url, key = randomUUID() } = {}) =>
      repeat(sample, () => sendOnce(sample, { to, key })),
    state: async id => {
      const { status, body } = await read(`${url}/v1/documents/${id}`, authorization);
      return status === 200 ? String(body.state) : `HTTP ${status}`;
    },
    hashOf: async (from, { withToken } = { withToken: true }) => {
      const answer = await get(from, withToken ? { authorization } : {});
      const hash = createHash('sha256');
      for await (const chunk of answer.body ?? []) hash.update(chunk as Uint8Array);
      return answer.status === 200 ? hash.digest('hex') : `HTTP ${answer.status}`;
    },
    list: async () => {
      const found: Listed[] = [];
      for (let after = ''; ;) {
        const { body } = await read(`${url}/v1/documents?limit=200${after}`, authorization);
        found.push(...(body.documents as Listed[]));
        if (body.next === undefined) return found;
        after = `&after=${encodeURIComponent(String(body.next))}`;
      }
    },
  };
}

async function register(device: { url: string; authorization: string; installation: string }): Promise<void> {
  const { url, authorization, installation } = device;
  const body = JSON.stringify({ kind: 'token', value: installation });
  const path = `${url}/v1/devices/${installation}`;
  const answer = await fetch(path, { method: 'PUT', headers: { authorization }, body });
  if (answer.status !== 204)
    throw new ParityError('send_failed', `The device was refused: ${await answer.text()}`);
}

function sendingOnce(authorization: string): Driver['sendOnce'] {
  return (sample, { to, key }) =>
    fetch(`${to}/v1/documents`, {
      method: 'POST',
      body: sample.bytes,
      headers: {
        authorization,
        'content-type': sample.mediaType,
        'idempotency-key': key,
        'x-document-name': encodeURIComponent(sample.name),
      },
      signal: AbortSignal.timeout(30_000),
    });
}

/** As the app does: whatever is not a final answer is sent again, with the same key. */
async function repeat(sample: SampleDocument, send: () => Promise<Response>): Promise<Acknowledged> {
  const until = Date.now() + giveUpAfterMs;
  for (let attempts = 1; Date.now() < until; attempts++) {
    const answer = await send().catch(() => undefined);
    const body: unknown = await answer?.json().catch(() => undefined);
    if (answer?.status === 202 && isAccepted(body)) return { id: body.id, sample, attempts, at: Date.now() };
    if (answer !== undefined && answer.status < 500)
      throw new ParityError('send_failed', `${answer.status} ${JSON.stringify(body)}`);
    await pause(repeatAfterMs);
  }
  throw new ParityError('send_failed', `${sample.name} was not taken within ${giveUpAfterMs} ms.`);
}

async function read(url: string, authorization: string) {
  const answer = await get(url, { authorization });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** A read that meets a dying cluster is made again, as every app does with what is safe to repeat. */
async function get(url: string, headers: Record<string, string>): Promise<Response> {
  for (const until = Date.now() + giveUpAfterMs; ; await pause(repeatAfterMs)) {
    const answer = await fetch(url, { headers }).catch((error: unknown) => {
      if (Date.now() > until) throw error;
    });
    if (answer !== undefined && (answer.status < 500 || Date.now() > until)) return answer;
    await answer?.body?.cancel();
  }
}

function isAccepted(body: unknown): body is { id: string } {
  return typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string';
}
