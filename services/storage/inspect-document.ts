import { fileTypeFromBuffer } from 'file-type';
import type { Rejection } from '../../domain/document.ts';

/** What the bytes turned out to be: a media type, or the reason to refuse them for good. */
export type Inspection = { readonly mediaType: string } | { readonly rejected: Rejection };

/** Reads a part of the document. */
export type ReadPart = (part: { position: number; length: number }) => Promise<Buffer>;

/** Enough of the beginning for a photo's metadata and size marker. */
const headBytes = 256 * 1024;
/** Cameras append data after the end of image; PDF readers look for the end marker in the last 1,024 bytes. */
const tailBytes = 64 * 1024;

const checks: Readonly<
  Record<string, (head: Buffer, tail: Buffer, read: ReadPart) => Promise<Rejection | undefined>>
> = {
  'image/jpeg': async (head, tail) => checkJpeg(head, tail),
  'application/pdf': (_head, tail, read) => checkPdf(tail, read),
};

/** Looks at a document's bytes, whatever its sender declared (failures.md 14, 19). */
export async function inspectDocument(size: number, read: ReadPart): Promise<Inspection> {
  if (size === 0) return { rejected: 'empty' };
  const head = await read({ position: 0, length: headBytes });
  const tail = await read({ position: Math.max(0, size - tailBytes), length: tailBytes });
  const mediaType = (await fileTypeFromBuffer(head))?.mime ?? '';
  const check = checks[mediaType];
  if (check === undefined) return { rejected: 'unsupported_type' };
  const rejected = await check(head, tail, read);
  return rejected === undefined ? { mediaType } : { rejected };
}

function checkJpeg(head: Buffer, tail: Buffer): Rejection | undefined {
  const ends = tail.lastIndexOf(Buffer.from([0xff, 0xd9])) >= 0;
  return ends && hasFrame(head) ? undefined : 'broken_jpeg';
}

/** Walks the marker segments up to a start of frame that says a size (ITU-T T.81 B.1.1, B.2.2). */
function hasFrame(head: Buffer): boolean {
  for (let at = 2; at + 9 < head.length;) {
    const marker = head[at + 1] ?? 0;
    if (head[at] !== 0xff) return false;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return head.readUInt16BE(at + 5) > 0 && head.readUInt16BE(at + 7) > 0;
    at += 2 + head.readUInt16BE(at + 2);
  }
  return false;
}

/** Follows the last `startxref` to the trailer or cross-reference stream it names (ISO 32000-1 §7.5.5, §7.5.8). */
async function checkPdf(tail: Buffer, read: ReadPart): Promise<Rejection | undefined> {
  const end = tail.toString('latin1');
  const startxref = /startxref\s+(\d{1,12})\s+%%EOF(?![\s\S]*startxref)/.exec(end)?.[1];
  if (startxref === undefined) return 'broken_pdf';
  const table = await read({ position: Number(startxref), length: tailBytes });
  const text = table.toString('latin1');
  if (!/^\s*(xref|\d+\s+\d+\s+obj)/.test(text)) return 'broken_pdf';
  const dictionary = text.startsWith('xref') ? text + end : (text.split('stream')[0] ?? '');
  return /\/Encrypt\b/.test(dictionary) ? 'encrypted_pdf' : undefined;
}
