import type { Rejection } from '../../domain/document.ts';

/** What the bytes turned out to be: a media type, or the reason to refuse them for good. */
export type Inspection = { readonly mediaType: string } | { readonly rejected: Rejection };

/** Reads a part of the document; fewer bytes than asked for only at its end. */
export type ReadPart = (part: { position: number; length: number }) => Promise<Buffer>;

interface Inspected {
  readonly size: number;
  readonly read: ReadPart;
}

interface MediaType {
  readonly mediaType: string;
  readonly signature: Buffer;
  readonly check: (document: Inspected) => Promise<Rejection | undefined>;
}

/** What is taken. Two signatures need no sniffing library, and none that a crafted file could hang (failures.md 17). */
const mediaTypes: readonly MediaType[] = [
  { mediaType: 'image/jpeg', signature: Buffer.from([0xff, 0xd8, 0xff]), check: checkJpeg },
  { mediaType: 'application/pdf', signature: Buffer.from('%PDF-'), check: checkPdf },
];

/** Bytes read at once: of a PDF's end, and around a JPEG's markers. */
const windowBytes = 64 * 1024;
/** Bytes searched at once for a JPEG's end. */
const searchBytes = 1024 * 1024;
/** Marker segments before a photo's first scan; the metadata of a depth map, 64 KiB in each, needs some hundred. */
const maxSegments = 1024;

/** Looks at a document's bytes, whatever its sender declared (failures.md 14, 19). Rejects only when `read` does. */
export async function inspectDocument(size: number, read: ReadPart): Promise<Inspection> {
  if (size === 0) return { rejected: 'empty' };
  const head = await read({ position: 0, length: 8 });
  const found = mediaTypes.find(({ signature }) => head.subarray(0, signature.length).equals(signature));
  if (found === undefined) return { rejected: 'unsupported_type' };
  const rejected = await found.check({ size, read });
  return rejected === undefined ? { mediaType: found.mediaType } : { rejected };
}

/** A frame that says a size, a scan, and an end after it: whatever a camera appends behind that is its own affair. */
async function checkJpeg({ size, read }: Inspected): Promise<Rejection | undefined> {
  const scan = await findScan(windowOn(read));
  if (scan === undefined) return 'broken_jpeg';
  for (let position = scan; position < size; position += searchBytes) {
    // One byte more, for a marker that lies across the edge.
    const bytes = await read({ position, length: searchBytes + 1 });
    if (bytes.includes(Buffer.from([0xff, 0xd9]))) return undefined;
  }
  return 'broken_jpeg';
}

/** Where the first scan begins, if a frame with a size comes before it (ITU-T T.81 B.1.1, B.2.2, B.2.3). */
async function findScan(read: ReadPart): Promise<number | undefined> {
  let hasFrame = false;
  let at = 2;
  for (let segment = 0; segment < maxSegments; segment++) {
    const bytes = await read({ position: at, length: 9 });
    if (bytes.length < 9 || bytes[0] !== 0xff) return undefined;
    const marker = bytes.readUInt8(1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda) return hasFrame ? at : undefined;
    const length = bytes.readUInt16BE(2);
    if (!hasLength(marker) || length < 2) return undefined;
    if (isFrame(marker)) hasFrame = bytes.readUInt16BE(5) > 0 && bytes.readUInt16BE(7) > 0;
    at += 2 + length;
  }
  return undefined;
}

/** Not so RST, SOI, EOI, TEM and the stuffed zero, none of which may stand before a scan (T.81 table B.1). */
function hasLength(marker: number): boolean {
  return marker >= 0xc0 && !(marker >= 0xd0 && marker <= 0xd9);
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Reads through a window, so that many small steps are few reads of the file. */
function windowOn(read: ReadPart): ReadPart {
  let start = 0;
  let window: Buffer = Buffer.alloc(0);
  return async ({ position, length }) => {
    if (position < start || position + length > start + window.length) {
      window = await read({ position, length: windowBytes });
      start = position;
    }
    return window.subarray(position - start, position - start + length);
  };
}

/** Follows the last `startxref` to the trailer or cross-reference stream it names (ISO 32000-1 §7.5.5, §7.5.8). */
async function checkPdf({ size, read }: Inspected): Promise<Rejection | undefined> {
  const end = await read({ position: Math.max(0, size - windowBytes), length: windowBytes });
  const tail = end.toString('latin1');
  const last = tail.slice(Math.max(0, tail.lastIndexOf('startxref')));
  const startxref = /^startxref\s+(\d{1,12})\s+%%EOF/.exec(last)?.[1];
  if (startxref === undefined) return 'broken_pdf';
  const section = await read({ position: Number(startxref), length: windowBytes });
  const dictionary = trailerDictionary(section.toString('latin1'), tail);
  if (dictionary === undefined) return 'broken_pdf';
  return /\/Encrypt\b/.test(dictionary) ? 'encrypted_pdf' : undefined;
}

/** Of the cross-reference `section`; a table longer than what was read of it has its trailer in the `tail`. */
function trailerDictionary(section: string, tail: string): string | undefined {
  if (/^\s*xref\s/.test(section)) {
    return trailerAt(section, section.indexOf('trailer')) ?? trailerAt(tail, tail.lastIndexOf('trailer'));
  }
  const stream = section.indexOf('stream');
  if (stream < 0 || !/^\s*\d+\s+\d+\s+obj\b/.test(section)) return undefined;
  const dictionary = section.slice(0, stream);
  return /\/Type\s*\/XRef\b/.test(dictionary) ? dictionary : undefined;
}

/** A trailer that begins at `start`, up to the `startxref` behind it. */
function trailerAt(text: string, start: number): string | undefined {
  if (start < 0) return undefined;
  const end = text.indexOf('startxref', start);
  return text.slice(start, end < 0 ? undefined : end);
}
