import { randomUUID } from 'node:crypto';
import { isSettled, type DocumentState } from '../../domain/document.ts';
import { parities, peerOf, type Parity } from '../../domain/parity.ts';
import { poll, type RunningPair } from '../../faults/running-pair.ts';
import type { PairStatus } from '../../local/control/control-api.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { idOf, keptConnection, type KeptAnswer, type KeptConnection } from './kept-connection.ts';
import { longDocument } from './long-document.ts';
import { watchResidents, type ResidentGrowth } from './resident-growth.ts';

/** What came of one long upload over two gateways. */
export interface StreamFigures {
  readonly bytes: number;
  /** From the first byte to the 202, and on until nothing more happened to the document. */
  readonly acceptedAfterS: number;
  readonly settledAfterS: number;
  /** Who answered before the live cluster's services died, and who took the upload. */
  readonly servedBefore: string;
  readonly servedBy: string;
  /** True when the upload took the connection that led to the live cluster's gateway before. */
  readonly sameConnection: boolean;
  readonly state: DocumentState;
  readonly hashIsRight: boolean;
  /** Of every process on the way, from before the upload until the document was settled. */
  readonly processes: readonly ResidentGrowth[];
}

const settledWithinMs = 240_000;

/** Sent first: the heap of a process that has done nothing yet grows with its first documents, whatever their size. */
const warmUp = { documents: 10, bytes: 200_000 } as const;

/**
 * Uploads a document through the front door to the live cluster's gateway, whose services are dead by then, so that it
 * goes on over mTLS to the peer's gateway and services. A connection that the front door has joined stays where it is,
 * and that gateway still answers, so nobody cuts it.
 */
export async function measureStream(
  pair: RunningPair,
  { bytes, clock }: { bytes: number; clock: Clock },
): Promise<StreamFigures> {
  const live = liveOf(await statusOf(pair));
  const connection = keptConnection({ url: pair.url, token: await pair.parity('token', 'stream-driver') });
  const before = await connection.get('/v1/documents');
  await pair.parity('local', 'kill', live, '--what', 'services');
  try {
    await poll(async () => isServedElsewhere(await connection.get('/v1/documents'), before));
    for (let sent = 0; sent < warmUp.documents; sent++) await send(connection, warmUp.bytes);
    return { ...(await upload({ pair, live, connection, bytes, clock })), servedBefore: before.servedBy };
  } finally {
    connection.close();
    await pair.parity('local', 'heal', live, '--what', 'services');
  }
}

interface Uploading {
  readonly pair: RunningPair;
  readonly live: Parity;
  readonly connection: KeptConnection;
  readonly bytes: number;
  readonly clock: Clock;
}

async function upload({ pair, live, connection, bytes, clock }: Uploading) {
  const document = longDocument(bytes);
  const watch = await watchResidents(processesOnTheWay(await statusOf(pair), live), clock);
  try {
    const began = clock.monotonic();
    const answer = await connection.upload(document, randomUUID());
    const acceptedAfterS = (clock.monotonic() - began) / 1000;
    const settled = await untilSettled(connection, idOf(answer));
    return {
      ...{ bytes, acceptedAfterS },
      settledAfterS: (clock.monotonic() - began) / 1000,
      servedBy: answer.servedBy,
      sameConnection: answer.reused,
      state: settled.state,
      hashIsRight: settled.sha256 === document.sha256,
      processes: await watch.stop(),
    };
  } finally {
    await watch.stop();
  }
}

async function send(connection: KeptConnection, bytes: number): Promise<void> {
  await untilSettled(connection, idOf(await connection.upload(longDocument(bytes), randomUUID())));
}

interface Settled {
  readonly state: DocumentState;
  readonly sha256: string;
}

async function untilSettled(connection: KeptConnection, id: string): Promise<Settled> {
  let last: Settled | undefined;
  await poll(async () => {
    const { status, body } = await connection.get(`/v1/documents/${id}`);
    if (status !== 200) return false;
    last = body as Settled;
    return isSettled(last.state);
  }, settledWithinMs);
  return last as Settled;
}

async function statusOf(pair: RunningPair): Promise<PairStatus> {
  return JSON.parse(await pair.parity('status', '--json')) as PairStatus;
}

function liveOf({ clusters }: PairStatus): Parity {
  return parities.find(parity => clusters[parity].role === 'live') as Parity;
}

function isServedElsewhere({ status, servedBy }: KeptAnswer, before: KeptAnswer): boolean {
  return status === 200 && servedBy !== before.servedBy;
}

function processesOnTheWay({ pid, clusters }: PairStatus, live: Parity): Record<string, number> {
  const peer = clusters[peerOf(live)];
  return {
    'the pair with its front door': pid,
    [`gateway of ${live}`]: clusters[live].gateway.pid ?? 0,
    [`gateway of ${peerOf(live)}`]: peer.gateway.pid ?? 0,
    [`services of ${peerOf(live)}`]: peer.services[0]?.pid ?? 0,
  };
}
