import { randomUUID } from 'node:crypto';
import type { SampleDocument } from '../sample-documents.ts';

/** One request of an upload, and what came of it. */
export interface Try {
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly ms: number;
  /** The answer's status; 0 when there was none. */
  readonly status: number;
  /** `even/2`; empty when nobody answered. */
  readonly servedBy: string;
}

/** A paper on its way, as the driver's app knows it. */
export interface Upload {
  readonly user: string;
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly tries: Try[];
  /** The document that was promised; undefined while none is. */
  id: string | undefined;
}

/** Who sends, and where to. */
export interface Sender {
  readonly user: string;
  readonly authorization: string;
  readonly url: string;
}

const answerWithinMs = 30_000;
/** As an app would wait; longer than the front door takes to notice what is dead. */
const repeatAfterMs = 1_000;

/**
 * Sends a paper as the app does: whatever is no final answer is sent again with the same key, until it is taken or
 * refused for good, or `isOver`.
 */
export async function sendPaper(
  { user, authorization, url }: Sender,
  paper: SampleDocument,
  { begun, isOver }: { begun: (upload: Upload) => void; isOver: () => boolean },
): Promise<void> {
  const { sha256, bytes } = paper;
  const upload: Upload = { user, sha256, bytes: bytes.length, key: randomUUID(), tries: [], id: undefined };
  begun(upload);
  for (;;) {
    const { sent, id } = await sendOnce({ url, authorization, key: upload.key }, paper);
    upload.tries.push(sent);
    upload.id = id;
    const isFinal = sent.status !== 0 && sent.status < 500 && sent.status !== 429;
    if (id !== undefined || isFinal || isOver()) return;
    await new Promise(resolve => setTimeout(resolve, repeatAfterMs));
  }
}

async function sendOnce(
  { url, authorization, key }: { url: string; authorization: string; key: string },
  { bytes, mediaType, name }: SampleDocument,
): Promise<{ sent: Try; id: string | undefined }> {
  const began = performance.now();
  const sentAt = performance.timeOrigin + began;
  const headers = {
    authorization,
    // Whoever sends a paper now and then keeps no connection: he looks up where to go each time.
    connection: 'close',
    'content-type': mediaType,
    'idempotency-key': key,
    'x-document-name': encodeURIComponent(name),
  };
  const signal = AbortSignal.timeout(answerWithinMs);
  const outcome = await fetch(`${url}/v1/documents`, { method: 'POST', body: bytes, headers, signal })
    .then(async answer => ({ answer, text: await answer.text() }))
    .catch(() => undefined);
  const sent = {
    sentAt,
    ms: performance.now() - began,
    status: outcome?.answer.status ?? 0,
    servedBy: outcome?.answer.headers.get('x-parity-served-by') ?? '',
  };
  return { sent, id: sent.status === 202 ? idIn(outcome?.text ?? '') : undefined };
}

function idIn(text: string): string | undefined {
  const body: unknown = JSON.parse(text);
  const isNamed = typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string';
  return isNamed ? (body.id as string) : undefined;
}
