import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isDocumentId, type DocumentId } from '../../../domain/document-id.ts';
import { ParityError } from '../../../domain/errors.ts';
import { fileErrorCode, systemErrorCode, type FileSystem } from '../../kit/file-system.ts';
import type { Random } from '../../kit/ports.ts';
import { shardName, shardOf, shards } from '../../kit/shard.ts';
import { decryptDocument, documentKeyBytes, encryptDocument } from './document-cipher.ts';
import type { EncryptionContext, KeyWrapper } from './key-wrapper.ts';
import { seal, unseal } from './sealed-text.ts';

/** Bytes read at once from a vault file. */
const readBytes = 1024 * 1024;

/** Whose file it is. */
export interface VaultOwner {
  readonly document: DocumentId;
  readonly version: number;
  readonly owner: string;
}

/** What must stand in the row for a vault file to be read again. */
export interface VaultEntry {
  readonly file: string;
  readonly wrappedKey: string;
}

/** What came of writing a vault file. */
export interface Written extends VaultEntry {
  /** The download URL, encrypted with the document's key. */
  readonly encryptedUrl: string;
  /** SHA-256 (hex) of what was encrypted, taken while it was. */
  readonly sha256: string;
}

/** A file as it lies in the vault, with its last change (epoch milliseconds). */
export interface VaultFile {
  readonly file: string;
  readonly document: DocumentId;
  readonly version: number;
  readonly modifiedAtMs: number;
}

/**
 * Where stored documents lie, encrypted each with its own key (design.md §3). Throws ParityError `vault_unavailable`
 * when the file system or the key service refuses, `document_corrupt` when what lies there is not what was written.
 */
export interface Vault {
  /** Encrypts a payload into a new file, durably. */
  write(of: VaultOwner, payload: { bytes: AsyncIterable<Uint8Array>; url: string }): Promise<Written>;
  /** The document's bytes, each authenticated; ends with `document_corrupt` where they are not. */
  read(of: VaultOwner, entry: VaultEntry): AsyncIterable<Buffer>;
  /** SHA-256 (hex) of what the file decrypts to. */
  hash(of: VaultOwner, entry: VaultEntry): Promise<string>;
  /** The download URL that `write` encrypted. */
  openUrl(of: VaultOwner, entry: { encryptedUrl: string; wrappedKey: string }): Promise<string>;
  remove(file: string): Promise<void>;
  /** The files in one of the vault's folders. */
  listFolder(folder: number): Promise<VaultFile[]>;
}

/** What a vault is made of. */
export interface VaultOptions {
  readonly folder: string;
  readonly files: FileSystem;
  readonly random: Random;
  readonly keys: KeyWrapper;
}

/** Opens the vault in `folder`, making its folders if they are missing. */
export async function openVault({ folder, files, random, keys }: VaultOptions): Promise<Vault> {
  const shard = (number: number) => join(folder, shardName(number));
  const pathOf = (file: string) => join(shard(shardOf(documentOf(file))), file);
  const folders = Array.from({ length: shards }, (_, number) => shard(number));
  await makeFolders(files, { parent: folder, folders });

  const read = (of: VaultOwner, { file, wrappedKey }: VaultEntry) =>
    authenticated(async function* () {
      const context = contextOf(of);
      const key = await keys.unwrap(wrappedKey, context);
      yield* decryptDocument(fileBytes(files, pathOf(file)), { key, context });
    });

  return {
    write: (of, { bytes, url }) =>
      vaultErrors(async () => {
        const context = contextOf(of);
        const key = random.bytes(documentKeyBytes);
        const file = `${of.document}.${of.version}.${random.bytes(8).toString('hex')}`;
        // First, so that a key service that is away leaves no file behind.
        const wrappedKey = await keys.wrap(key, context);
        const hashed = hashing(bytes);
        const ciphertext = encryptDocument(hashed.bytes, { key, context });
        await writeFile(files, { folder: shard(shardOf(of.document)), file }, ciphertext);
        return {
          file,
          wrappedKey,
          encryptedUrl: seal(Buffer.from(url), { key, context, random }),
          sha256: hashed.digest(),
        };
      }),
    read,
    hash: async (of, entry) => {
      const hash = createHash('sha256');
      for await (const chunk of read(of, entry)) hash.update(chunk);
      return hash.digest('hex');
    },
    openUrl: async (of, { encryptedUrl, wrappedKey }) => {
      const context = contextOf(of);
      return unsealUrl(encryptedUrl, { key: await keys.unwrap(wrappedKey, context), context });
    },
    remove: file => vaultErrors(() => files.remove(pathOf(file))),
    listFolder: number => vaultErrors(() => listFiles(files, shard(number))),
  };
}

/** Also makes their names durable: a file in a folder that a power cut takes away is lost. */
async function makeFolders(
  files: FileSystem,
  { parent, folders }: { parent: string; folders: readonly string[] },
): Promise<void> {
  await Promise.all(folders.map(folder => files.makeFolder(folder)));
  await files.syncFolder(parent);
}

function contextOf({ document, version, owner }: VaultOwner): EncryptionContext {
  return { document, version: String(version), owner };
}

function unsealUrl(sealed: string, by: { key: Buffer; context: EncryptionContext }): string {
  try {
    return unseal(sealed, by).toString();
  } catch (cause) {
    throw new ParityError('document_corrupt', "A document's download URL does not open.", { cause });
  }
}

function hashing(source: AsyncIterable<Uint8Array>) {
  const hash = createHash('sha256');
  const bytes = (async function* () {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  })();
  return { bytes, digest: () => hash.digest('hex') };
}

/** A file that could not be finished is removed; if not even that works, the reaper finds it. */
async function writeFile(
  files: FileSystem,
  to: { folder: string; file: string },
  bytes: AsyncIterable<Buffer>,
): Promise<void> {
  const path = join(to.folder, to.file);
  const file = await files.create(path);
  try {
    for await (const chunk of bytes) await file.write([chunk]);
    await file.sync();
    await file.close();
    await files.syncFolder(to.folder);
  } catch (error) {
    await file.close().catch(() => {});
    await files.remove(path).catch(() => {});
    throw error;
  }
}

async function* fileBytes(files: FileSystem, path: string): AsyncIterable<Buffer> {
  const file = await files.open(path);
  try {
    for (let position = 0; ; position += readBytes) {
      const bytes = await file.read(position, readBytes);
      if (bytes.length > 0) yield bytes;
      if (bytes.length < readBytes) return;
    }
  } finally {
    await file.close();
  }
}

/** What the file system refuses is passing, but for a file that is gone; what does not decrypt is corrupt. */
async function* authenticated(open: () => AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  try {
    yield* open();
  } catch (cause) {
    if (cause instanceof ParityError) throw cause;
    const code = systemErrorCode(cause);
    if (code !== undefined && code !== 'ENOENT') throw unavailable(code, cause);
    const message = "A vault file is missing, damaged or another document's: it is not served.";
    throw new ParityError('document_corrupt', message, { cause });
  }
}

async function vaultErrors<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const code = systemErrorCode(cause);
    throw cause instanceof ParityError || code === undefined ? cause : unavailable(code, cause);
  }
}

function unavailable(code: string, cause: unknown): ParityError {
  return new ParityError('vault_unavailable', `The vault refuses (${code}): try again later.`, {
    cause,
    retryAfterS: 5,
  });
}

/** A vault file's name begins with its document's id. */
function documentOf(file: string): DocumentId {
  return file.slice(0, 36) as DocumentId;
}

async function listFiles(files: FileSystem, folder: string): Promise<VaultFile[]> {
  const found: VaultFile[] = [];
  for (const file of await files.list(folder)) {
    const document = documentOf(file);
    const [, version] = file.split('.');
    if (!isDocumentId(document)) continue;
    const modifiedAtMs = await lastChange(files, join(folder, file));
    if (modifiedAtMs !== undefined) found.push({ file, document, version: Number(version), modifiedAtMs });
  }
  return found;
}

/** Undefined when the file went away in the meantime. */
async function lastChange(files: FileSystem, path: string): Promise<number | undefined> {
  try {
    return (await files.state(path)).modifiedAtMs;
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
