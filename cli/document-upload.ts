import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isParityError, ParityError } from '../domain/errors.ts';
import type { Random } from '../services/kit/ports.ts';
import type { ApiRequest } from './pair-api.ts';

const mediaTypes: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.pdf': 'application/pdf',
};

/** A file as it is sent: repeating the request is safe, for its key makes all repeats one document. */
export interface DocumentUpload {
  readonly name: string;
  readonly key: string;
  readonly request: ApiRequest;
}

/**
 * Prepares a file for sending. Without a key it gets one of this run, so that sending the file again later is another
 * document. @throws ParityError `not_found` when there is no such file, or one that has no end, such as a pipe.
 */
export async function prepareUpload(
  file: string,
  { key: given, random }: { key: string | undefined; random: Random },
): Promise<DocumentUpload> {
  const { sha256, body } = await readForUpload(file);
  const name = basename(file);
  const key = given ?? createHash('sha256').update(sha256).update(random.bytes(16)).digest('base64url');
  const headers = {
    'content-type': mediaTypes[extname(name).toLowerCase()] ?? 'application/octet-stream',
    'idempotency-key': key,
    'x-document-name': encodeURIComponent(name),
    'repr-digest': `sha-256=:${sha256.toString('base64')}:`,
  };
  return { name, key, request: { method: 'POST', path: '/v1/documents', headers, body } };
}

async function readForUpload(file: string): Promise<{ sha256: Buffer; body: Blob }> {
  try {
    const found = await stat(file);
    // Whoever opens a pipe that nobody writes to waits for ever, and what it gave once it does not give again.
    if (!found.isFile())
      throw notFound(file, found.isDirectory() ? 'it is a folder' : 'it is no ordinary file');
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    return { sha256: hash.digest(), body: await openAsBlob(file) };
  } catch (cause) {
    if (isParityError(cause)) throw cause;
    throw notFound(file, whyUnreadable(cause), cause);
  }
}

function whyUnreadable(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  return code === 'EACCES' ? 'this user may not read it' : message;
}

function notFound(file: string, why: string, cause?: unknown): ParityError {
  return new ParityError('not_found', `${file === '' ? '""' : file} cannot be read: ${why}.`, { cause });
}
