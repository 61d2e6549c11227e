import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { sampleDocument, type SampleDocument } from './sample-documents.ts';
import type { Sender, Upload } from './fleet/upload.ts';

/** A paper of 50 MB over a mobile network, on the way for so long that steps of a release pass meanwhile. */
const bytes = 50_000_000;
const mobileBytesPerSecond = 2_500_000;
const pieceBytes = 50_000;

/** Sends papers of 50 MB one after the other, a try each, until it is told to stop; `uploads` are as a fleet's. */
export function startLongUploads(
  sender: Sender,
  atOnce: number,
  perSecond = mobileBytesPerSecond,
): { readonly uploads: readonly Upload[]; stop(): Promise<void> } {
  const paper = sampleDocument('long', { kind: 'pdf', bytes });
  const uploads: Upload[] = [];
  let isOver = false;
  const sendOn = async (lane: number) => {
    // Lanes begin one after the other, so that at any moment one is at its beginning and one at its end.
    await pause((lane * (bytes / perSecond) * 1000) / atOnce);
    while (!isOver) uploads.push(await sendSlowly(sender, paper, perSecond));
  };
  const lanes = Promise.all(Array.from({ length: atOnce }, (_, lane) => sendOn(lane)));
  return {
    uploads,
    stop: async () => {
      isOver = true;
      await lanes;
    },
  };
}

async function sendSlowly(
  { url, user, authorization }: Sender,
  { bytes: body, sha256 }: SampleDocument,
  perSecond: number,
): Promise<Upload> {
  const key = randomUUID();
  const began = performance.now();
  const headers = {
    authorization,
    'content-type': 'application/pdf',
    'content-length': String(body.length),
    'idempotency-key': key,
  };
  const upload = request(`${url}/v1/documents`, { method: 'POST', headers, agent: false });
  const answered = answerOf(upload);
  for (let at = 0; at < body.length && !upload.destroyed; at += pieceBytes) {
    if (!upload.write(body.subarray(at, at + pieceBytes)))
      // A connection that breaks drains nothing, and is told by `answered`.
      await Promise.race([new Promise(resolve => upload.once('drain', resolve)), answered]);
    await pause(Math.max(0, began + (at / perSecond) * 1000 - performance.now()));
  }
  upload.end();
  const { status, servedBy, id } = await answered;
  const sent = { sentAt: performance.timeOrigin + began, ms: performance.now() - began, status, servedBy };
  return { user, key, sha256, bytes: body.length, tries: [sent], id };
}

interface Answer {
  readonly status: number;
  readonly servedBy: string;
  readonly id: string | undefined;
}

async function answerOf(upload: ReturnType<typeof request>): Promise<Answer> {
  try {
    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    const text = (await response.setEncoding('utf8').toArray()).join('');
    const status = response.statusCode ?? 0;
    const id = status === 202 ? (JSON.parse(text) as { id: string }).id : undefined;
    return { status, id, servedBy: String(response.headers['x-parity-served-by'] ?? '') };
  } catch {
    return { status: 0, servedBy: '', id: undefined };
  }
}
