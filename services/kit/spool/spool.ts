import { join } from 'node:path';
import { isDocumentId, type DocumentId } from '../../../domain/document-id.ts';
import { ParityError } from '../../../domain/errors.ts';
import { fileErrorCode, type FileSystem, type ReadableFile } from '../file-system.ts';
import type { Random } from '../ports.ts';
import { shardName, shardOf, shards } from '../shard.ts';
import { receive, type Gathering, type Incoming } from './incoming.ts';
import { decodeFooter, decodeManifest, encodeTail, footerBytes, type Manifest } from './manifest.ts';
import { leavingOf, removal, type LeavingFile, type Removal } from './removal.ts';
import { spoolErrors } from './spool-errors.ts';

/** Bytes read at once from a payload. */
const readBytes = 1024 * 1024;

/** One name in the spool, with the time of its file's last change (epoch milliseconds). */
export interface SpoolName {
  readonly id: DocumentId;
  readonly modifiedAtMs: number;
}

/** What one of the spool's folders has. */
export interface FolderContent {
  readonly names: SpoolName[];
  readonly leaving: LeavingFile[];
}

/** Uploads that nobody has written to for so long, by our clock and by the file system's: one of them may be ahead. */
export interface GivenUp {
  /** By our clock, epoch milliseconds. */
  readonly nowMs: number;
  readonly untouchedMs: number;
}

/**
 * Where accepted documents lie, fsynced, until they are safely stored (design.md §3). Throws ParityError
 * `spool_full` or `spool_unavailable` when the file system refuses, `document_corrupt` for a damaged entry.
 */
export interface Spool extends Removal {
  receive(): Incoming;
  /** Makes the name of an entry durable, whoever published it. */
  confirmName(id: DocumentId): Promise<void>;
  /** The manifest of a document; undefined when the spool has no file for it. */
  find(id: DocumentId): Promise<Manifest | undefined>;
  /** Up to `length` bytes of the payload from `position`; none of a receipt. Rejects when there is no file. */
  slice(id: DocumentId, part: { position: number; length: number }): Promise<Buffer>;
  /** The payload from its beginning. */
  payload(id: DocumentId): AsyncIterable<Buffer>;
  /** Replaces the payload by a receipt, in one atomic step over the final name. */
  settle(receipt: Manifest & Required<Pick<Manifest, 'settled'>>): Promise<void>;
  /** When a name last came into one of the spool's folders, was replaced in it or left it (epoch milliseconds). */
  folderChangedAt(folder: number): Promise<number>;
  /** What is in one of the spool's folders, without the names that `isKnown`: their files are not looked at. */
  listFolder(folder: number, isKnown?: (id: DocumentId) => boolean): Promise<FolderContent>;
  /** Deletes uploads that nobody finished; says how many. What cannot be deleted hides no other. */
  reapIncoming(uploads: GivenUp): Promise<number>;
  /** Writes, syncs and deletes a small file: resolves if the spool takes documents now. */
  probe(): Promise<void>;
}

/** What a spool is made of. */
export interface SpoolOptions {
  readonly folder: string;
  readonly files: FileSystem;
  readonly random: Random;
}

/** Opens the spool in `folder`, making its folders if they are missing. */
export async function openSpool({ folder, files, random }: SpoolOptions): Promise<Spool> {
  const incoming = join(folder, 'incoming');
  const shard = (number: number) => join(folder, 'documents', shardName(number));
  const folderOf = (id: DocumentId) => shard(shardOf(id));
  const pathOf = (id: DocumentId) => join(folderOf(id), id);
  const temporary = () => join(incoming, random.bytes(16).toString('hex'));
  const findAt = (path: string, id: DocumentId) =>
    spoolErrors(() => withFile(files, path, file => readManifest(file, id)));
  const find = (id: DocumentId) => findAt(pathOf(id), id);
  const gathering: Gathering = { bytes: 0 };
  const folders = Array.from({ length: shards }, (_, number) => shard(number));
  await Promise.all([incoming, ...folders].map(path => files.makeFolder(path)));
  // A name in a folder that a power cut takes away is no promise.
  await files.syncFolder(join(folder, 'documents'));
  await files.syncFolder(folder);

  return {
    receive: () => receive({ files, temporary: temporary(), pathOf, find, gathering }),
    confirmName: id => spoolErrors(() => files.syncFolder(folderOf(id))),
    find,
    slice: (id, part) =>
      spoolErrors(async () => {
        const bytes = await withFile(files, pathOf(id), file => readPart(file, part));
        if (bytes !== undefined) return bytes;
        throw new ParityError('spool_unavailable', 'The spool has no file of this document: look again.');
      }),
    payload: id => payloadOf(files, pathOf(id)),
    settle: receipt =>
      spoolErrors(async () => {
        const isThere = async () => (await find(receipt.id))?.settled !== undefined;
        await replaceDurably(files, { temporary: temporary(), path: pathOf(receipt.id), receipt }, isThere);
        await files.syncFolder(folderOf(receipt.id));
      }),
    folderChangedAt: number => spoolErrors(async () => (await files.state(shard(number))).modifiedAtMs),
    listFolder: (number, isKnown = () => false) =>
      spoolErrors(() => contentOf(files, shard(number), isKnown)),
    ...removal({ files, random, pathOf, findAt }),
    reapIncoming: uploads =>
      spoolErrors(() => reap(uploads, { files, folder: incoming, temporary: temporary() })),
    probe: () =>
      spoolErrors(async () => {
        await probeFile(files, temporary());
      }),
  };
}

async function withFile<T>(
  files: FileSystem,
  path: string,
  use: (file: ReadableFile) => Promise<T>,
): Promise<T | undefined> {
  const file = await files.open(path).catch((error: unknown) => {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function readFooter(file: ReadableFile) {
  const size = await file.size();
  return decodeFooter(await file.read(Math.max(0, size - footerBytes), footerBytes), size);
}

async function readManifest(file: ReadableFile, id: DocumentId): Promise<Manifest> {
  const footer = await readFooter(file);
  const manifest = decodeManifest(await file.read(footer.payloadBytes, footer.manifestBytes), footer);
  if (manifest.id === id) return manifest;
  throw new ParityError('document_corrupt', `The spool file of ${id} is another document's.`);
}

async function readPart(file: ReadableFile, part: { position: number; length: number }): Promise<Buffer> {
  const { payloadBytes } = await readFooter(file);
  const left = Math.max(0, payloadBytes - part.position);
  return file.read(part.position, Math.min(part.length, left));
}

async function* payloadOf(files: FileSystem, path: string): AsyncIterable<Buffer> {
  const file = await spoolErrors(() => files.open(path));
  try {
    const { payloadBytes } = await spoolErrors(() => readFooter(file));
    for (let position = 0; position < payloadBytes; position += readBytes) {
      const length = Math.min(readBytes, payloadBytes - position);
      const bytes = await spoolErrors(() => file.read(position, length));
      if (bytes.length < length)
        throw new ParityError('document_corrupt', 'A spool file ends before its payload.');
      yield bytes;
    }
  } finally {
    await file.close();
  }
}

/** Gives `path` new content in one step; whoever looks sees the old or the new. */
async function replaceDurably(
  files: FileSystem,
  { temporary, path, receipt }: { temporary: string; path: string; receipt: Manifest },
  isThere: () => Promise<boolean>,
): Promise<void> {
  try {
    await files.createWhole(temporary, [encodeTail(receipt)]);
    await files.rename(temporary, path);
  } catch (error) {
    // An NFS server that got the same rename twice does not find the first name any more (failures.md 35).
    if (fileErrorCode(error) === 'ENOENT' && (await isThere())) return;
    await files.remove(temporary).catch(() => {});
    throw error;
  }
}

async function contentOf(
  files: FileSystem,
  folder: string,
  isKnown: (id: DocumentId) => boolean,
): Promise<FolderContent> {
  const all = await files.list(folder);
  const ids = all.filter(isDocumentId).filter(id => !isKnown(id));
  const states = await Promise.all(ids.map(id => stateOf(files, join(folder, id))));
  const names = ids.flatMap((id, at) => {
    const state = states[at];
    return state === undefined ? [] : [{ id, modifiedAtMs: state.modifiedAtMs }];
  });
  const leaving = all.flatMap(name => {
    const id = leavingOf(name);
    return id === undefined ? [] : [{ id, path: join(folder, name) }];
  });
  return { names, leaving };
}

/** Makes a small file durable and removes it; its time is that of the file system's clock (epoch milliseconds). */
async function probeFile(files: FileSystem, path: string): Promise<number> {
  try {
    await files.createWhole(path, [Buffer.from('probe')]);
    return (await files.state(path)).modifiedAtMs;
  } finally {
    await files.remove(path);
  }
}

async function reap(
  { nowMs, untouchedMs }: GivenUp,
  { files, folder, temporary }: { files: FileSystem; folder: string; temporary: string },
): Promise<number> {
  const paths = (await files.list(folder)).map(name => join(folder, name));
  const states = await Promise.all(paths.map(path => stateOf(files, path)));
  const untouchedBy = (clockMs: number) =>
    paths.filter((_, at) => clockMs - (states[at]?.modifiedAtMs ?? Infinity) > untouchedMs);
  if (untouchedBy(nowMs).length === 0) return 0;
  const givenUp = untouchedBy(Math.min(nowMs, await probeFile(files, temporary)));
  const removals = await Promise.allSettled(givenUp.map(path => files.remove(path)));
  const failed = removals.find(removal => removal.status === 'rejected');
  const reaped = removals.filter(removal => removal.status === 'fulfilled').length;
  if (reaped === 0 && failed !== undefined) throw failed.reason;
  return reaped;
}

/** Undefined when the file went away in the meantime. */
async function stateOf(files: FileSystem, path: string) {
  return files.state(path).catch((error: unknown) => {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}
