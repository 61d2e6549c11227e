import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import type { Check, Clock } from '../../release/ports.ts';
import { codeOf, type SmokeClient } from './smoke-client.ts';

/** What a smoke test is done with. */
export interface Smoke {
  readonly client: SmokeClient;
  /** A paper that is taken, and how it is told from all others. */
  readonly paper: Buffer;
  readonly key: string;
  /** The token of a phone that nobody else has. */
  readonly phone: string;
  /** The pushes that the phone shows. */
  readonly shown: () => Promise<readonly { readonly document: string; readonly link: string }[]>;
  /** Opens a link as whoever taps on it: without signing in. */
  readonly open: (link: string) => Promise<Buffer>;
  readonly clock: Clock;
}

/** A document is stored and its owner told in well below a second. */
const storedWithinMs = 15_000;
const pollMs = 100;

const accepted = z.object({ id: z.string(), state: z.string() });

interface Step {
  readonly name: string;
  readonly run: (smoke: Smoke, id: string) => Promise<string | undefined>;
}

/** A release's whole work, once, in the order in which a driver meets it; each step needs those before it. */
const steps: readonly Step[] = [
  { name: 'a phone is registered', run: register },
  { name: 'a paper is accepted', run: smoke => upload(smoke, smoke.paper) },
  { name: 'the same again is the same document', run: repeat },
  { name: 'other bytes under its key are refused', run: refuseOtherBytes },
  { name: 'it is stored, and its owner told', run: untilNotified },
  { name: 'the same bytes come back', run: sameBytes },
  { name: 'the phone shows the push, once', run: shownOnce },
  { name: 'the link of the push opens it', run: linkOpens },
];

/** Does it all; what comes after a step that failed is not tried. */
export async function runSmoke(smoke: Smoke): Promise<Check[]> {
  const checks: Check[] = [];
  let id = '';
  for (const { name, run } of steps) {
    try {
      id = (await run(smoke, id)) ?? id;
      checks.push({ name, ok: true });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [...checks, { name, ok: false, why }];
    }
  }
  return checks;
}

async function register({ client, phone }: Smoke): Promise<undefined> {
  const body = JSON.stringify({ kind: 'token', value: phone });
  await client.ask({ method: 'PUT', path: `/v1/devices/${phone}`, body, status: 204 });
}

async function upload({ client, key }: Smoke, bytes: Buffer): Promise<string> {
  const headers = { 'idempotency-key': key, 'content-type': 'image/jpeg', 'x-document-name': 'smoke.jpg' };
  const body = new Blob([Uint8Array.from(bytes)]);
  const answer = await client.ask({ method: 'POST', path: '/v1/documents', headers, body, status: 202 });
  return accepted.parse(JSON.parse(answer.body.toString('utf8'))).id;
}

async function repeat(smoke: Smoke, id: string): Promise<undefined> {
  const again = await upload(smoke, smoke.paper);
  if (again !== id) throw wrong(`it became ${again}, not ${id}`);
}

async function refuseOtherBytes({ client, key }: Smoke): Promise<undefined> {
  const headers = { 'idempotency-key': key, 'content-type': 'image/jpeg' };
  const asked = { method: 'POST', path: '/v1/documents', headers, body: 'other bytes', status: 422 } as const;
  const code = codeOf((await client.ask(asked)).body);
  if (code !== 'idempotency_key_reused') throw wrong(`the refusal says ${code}`);
}

async function untilNotified({ client, clock }: Smoke, id: string): Promise<undefined> {
  const until = clock.monotonic() + storedWithinMs;
  for (;;) {
    const { body } = await client.ask({ path: `/v1/documents/${id}`, status: 200 });
    const { state } = accepted.parse(JSON.parse(body.toString('utf8')));
    if (state === 'notified') return;
    if (clock.monotonic() > until) throw wrong(`after ${storedWithinMs / 1000} s it is still ${state}`);
    await clock.delay(pollMs);
  }
}

async function sameBytes({ client, paper }: Smoke, id: string): Promise<undefined> {
  const { body } = await client.ask({ path: `/v1/documents/${id}/content`, status: 200 });
  if (!body.equals(paper)) throw wrong(`it sent ${hashOf(paper)} and was given ${hashOf(body)}`);
}

async function shownOnce({ shown }: Smoke, id: string): Promise<undefined> {
  const pushes = (await shown()).map(({ document }) => document);
  if (pushes.length !== 1 || pushes[0] !== id) throw wrong(`the phone shows ${pushes.length} pushes`);
}

async function linkOpens({ shown, open, paper }: Smoke): Promise<undefined> {
  const [push] = await shown();
  const opened = await open(push?.link ?? '');
  if (!opened.equals(paper)) throw wrong(`it gave ${hashOf(opened)}, not ${hashOf(paper)}`);
}

function wrong(why: string): ParityError {
  return new ParityError('release_unfit', why);
}

function hashOf(bytes: Buffer): string {
  return `${bytes.length} bytes (${createHash('sha256').update(bytes).digest('hex').slice(0, 12)})`;
}
