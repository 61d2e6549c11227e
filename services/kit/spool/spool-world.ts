import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { keyedDocumentId, type DocumentId } from '../../../domain/document-id.ts';
import { boundedFiles } from '../bounded-files.ts';
import { faultyFileSystem, type FaultyFileSystem } from '../faulty-file-system.ts';
import { nodeFileSystem } from '../file-system.ts';
import { manualClock } from '../manual-clock.ts';
import { systemRandom, type Clock } from '../ports.ts';
import { testFolder } from '../test-folder.ts';
import type { Manifest } from './manifest.ts';
import { openSpool, type Spool } from './spool.ts';

/** A spool in a folder of its own, on a file system that can be disturbed. */
export interface SpoolWorld {
  readonly folder: string;
  readonly files: FaultyFileSystem;
  readonly spool: Spool;
  /** The names of unfinished uploads. */
  incoming(): Promise<string[]>;
  /** Where the entry of a document lies. */
  pathOf(id: DocumentId): string;
}

/** Opens a spool for a test, whose file system answers in time by `clock`. */
export async function spoolWorld(test: TestContext, clock: Clock = manualClock()): Promise<SpoolWorld> {
  const folder = await testFolder(test);
  const files = faultyFileSystem(nodeFileSystem());
  const spool = await openSpool({ folder, files: boundedFiles(files, clock), random: systemRandom });
  return {
    folder,
    files,
    spool,
    incoming: () => nodeFileSystem().list(`${folder}/incoming`),
    pathOf: id => `${folder}/documents/${id.slice(-1)}/${id}`,
  };
}

/** A manifest that fits `payload`. */
export function buildManifest(payload: Uint8Array, changes: Partial<Manifest> = {}): Manifest {
  return {
    schema: 1,
    id: keyedDocumentId({ owner: 'anna', key: 'key-1' }),
    owner: 'anna',
    name: 'receipt.pdf',
    mediaType: 'application/pdf',
    size: payload.length,
    sha256: createHash('sha256').update(payload).digest('hex'),
    release: '42',
    cluster: 'odd',
    acceptedAt: '2026-11-22T10:00:00.000Z',
    ...changes,
  };
}

/** Spools a payload as an accepted document. */
export async function spoolDocument(
  { spool }: Pick<SpoolWorld, 'spool'>,
  payload: Uint8Array,
  manifest: Manifest = buildManifest(payload),
): Promise<Manifest> {
  const incoming = spool.receive();
  await incoming.write(Uint8Array.from(payload));
  await incoming.seal(manifest);
  await incoming.publish();
  await spool.confirmName(manifest.id);
  await incoming.discard();
  return manifest;
}

/** All of an entry's payload. */
export async function payloadOf({ spool }: Pick<SpoolWorld, 'spool'>, id: DocumentId): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of spool.payload(id)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
