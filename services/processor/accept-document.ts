import { keyedDocumentId, timedDocumentId, type DocumentId } from '../../domain/document-id.ts';
import type { DocumentState } from '../../domain/document.ts';
import { ParityError } from '../../domain/errors.ts';
import type { Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import type { Broker } from '../kit/broker/broker.ts';
import type { ReachCrashPoint } from '../kit/crash-points.ts';
import type { Clock, Random } from '../kit/ports.ts';
import type { Incoming } from '../kit/spool/incoming.ts';
import type { Manifest } from '../kit/spool/manifest.ts';
import type { Spool } from '../kit/spool/spool.ts';
import type { Body, ReceiveBody } from './receive-body.ts';
import type { UploadHeaders } from './upload-headers.ts';

/** What accepting a document needs: the shared file system and one broker; never the database (design.md §3). */
export interface Accepting {
  readonly cluster: Parity;
  readonly release: Release;
  readonly spool: Spool;
  readonly broker: Pick<Broker, 'publish'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly receiveBody: ReceiveBody;
  readonly reach: ReachCrashPoint;
}

/** An upload as it arrives. */
export interface Upload {
  readonly owner: string;
  readonly headers: UploadHeaders;
  readonly body: Body;
}

/** What is promised to the sender. */
export interface Accepted {
  readonly id: DocumentId;
  readonly state: DocumentState;
}

/**
 * Accepts a document: returns once its bytes are fsynced under their final name and a broker confirmed the message.
 * Whoever comes second with the same key and the same bytes is given the same promise, made again from the start.
 * @throws ParityError as `ReceiveBody`, `Spool` and `Broker`; `digest_mismatch`, `idempotency_key_reused`.
 */
export async function acceptDocument(accepting: Accepting, upload: Upload): Promise<Accepted> {
  const { spool, reach } = accepting;
  const incoming = spool.receive();
  try {
    await accepting.receiveBody(upload.body, incoming);
    reach('accept.received');
    const manifest = manifestOf(accepting, upload, incoming);
    const named = await giveName(accepting, incoming, manifest);
    return await promise(accepting, manifest, named);
  } finally {
    void incoming.discard();
  }
}

/** Makes the upload durable under its final name; what has that name then, ours or another's. */
async function giveName(
  { spool, reach }: Accepting,
  incoming: Incoming,
  manifest: Manifest,
): Promise<Manifest> {
  await incoming.seal(manifest);
  reach('accept.spooled');
  const named = await incoming.publish();
  await spool.confirmName(manifest.id);
  reach('accept.named');
  return named === 'published' ? manifest : named;
}

function manifestOf(accepting: Accepting, upload: Upload, incoming: Incoming): Manifest {
  const { owner, headers } = upload;
  const sha256 = incoming.digest();
  if (headers.sha256 !== undefined && headers.sha256 !== sha256) {
    const message =
      'The bytes do not have the Repr-Digest that was announced: nothing was kept, send them again.';
    throw new ParityError('digest_mismatch', message);
  }
  const nowMs = accepting.clock.now();
  const id =
    headers.key === undefined
      ? timedDocumentId({ nowMs, random: accepting.random.bytes(10) })
      : keyedDocumentId({ owner, key: headers.key });
  return {
    schema: 1,
    id,
    owner,
    name: headers.name,
    mediaType: headers.mediaType,
    size: incoming.bytes,
    sha256,
    release: accepting.release,
    cluster: accepting.cluster,
    acceptedAt: new Date(nowMs).toISOString(),
  };
}

/** `named` is what has the final name: ours, or that of an upload that was first and may have died since. */
async function promise(accepting: Accepting, sent: Manifest, named: Manifest): Promise<Accepted> {
  if (named.sha256 !== sent.sha256) {
    const message =
      'This Idempotency-Key belongs to a document with other bytes: use a new key for a new document.';
    throw new ParityError('idempotency_key_reused', message);
  }
  if (named.settled !== undefined) return { id: named.id, state: named.settled.state };
  const { id, acceptedAt } = named;
  await accepting.broker.publish({
    kind: 'document.accepted',
    schema: 1,
    document: id,
    version: 1,
    generation: 0,
    acceptedAt,
  });
  accepting.reach('accept.confirmed');
  return { id, state: 'accepted' };
}
