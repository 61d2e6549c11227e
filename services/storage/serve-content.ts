import { Readable } from 'node:stream';
import { isParityError, ParityError } from '../../domain/errors.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import type { Answer } from '../kit/http/exchange.ts';
import type { Storing } from './storing.ts';

/**
 * A document's bytes as they are served: as a download that a browser neither guesses about nor runs. What does not
 * decrypt breaks off, so that nobody takes a part for the whole, and raises the alarm.
 */
export function serveContent(storing: Storing, row: DocumentRow): Answer {
  const { file, wrappedKey } = row;
  if (file === undefined || wrappedKey === undefined) {
    throw new ParityError('document_corrupt', 'The document has no file.');
  }
  return {
    status: 200,
    headers: {
      'content-type': row.mediaType,
      'content-length': row.size,
      'content-disposition': contentDisposition(row.name),
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
    },
    stream: Readable.from(alarmed(storing, row, storing.vault.read(row, { file, wrappedKey })), {
      objectMode: false,
    }),
  };
}

async function* alarmed(
  storing: Storing,
  row: DocumentRow,
  bytes: AsyncIterable<Buffer>,
): AsyncIterable<Buffer> {
  try {
    yield* bytes;
  } catch (error) {
    if (isParityError(error, 'document_corrupt')) {
      const { document } = row;
      storing.log.error({ document, alarm: 'document_corrupt', error }, 'a vault file cannot be served');
    }
    throw error;
  }
}

/** Characters that turn the reading order, so that `gpj.exe` is shown as `exe.jpg` (Unicode TR 36 §3.1). */
const bidiControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** RFC 6266 with RFC 8187 for what is not plain ASCII; the name was checked for control characters on its way in. */
export function contentDisposition(name: string): string {
  const plain = name.toWellFormed().replace(bidiControls, '');
  const ascii = plain.replace(/[^\x20-\x7e]|["\\%/]/g, '_');
  const extended = encodeURIComponent(plain).replace(
    /['()*]/g,
    c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${extended}`;
}
