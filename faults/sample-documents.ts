import { createHash } from 'node:crypto';

/** A document as a driver would send it. */
export interface SampleDocument {
  readonly name: string;
  readonly mediaType: 'image/jpeg' | 'application/pdf';
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, hex. */
  readonly sha256: string;
}

const smallest = 1024;
const largest = 20 * 1024 * 1024;
/** Sizes are spread evenly over their logarithm; every so many is one of the largest. */
const oneLargestIn = 50;

/** `count` different documents from 1 KB to 20 MB, photos and PDFs by turns; the same for the same `seed`. */
export function sampleDocuments(count: number, seed: string): SampleDocument[] {
  return Array.from({ length: count }, (_, index) => {
    const share = (index * 0.618034) % 1;
    const size =
      index % oneLargestIn === 0 ? largest : Math.round(smallest * (largest / 40 / smallest) ** share);
    return sampleDocument(`${seed}-${index}`, { kind: index % 2 === 0 ? 'photo' : 'pdf', bytes: size });
  });
}

/** One document of about that size; the same for the same name. */
export function sampleDocument(name: string, of: { kind: 'photo' | 'pdf'; bytes: number }): SampleDocument {
  const photo = of.kind === 'photo';
  const filling = keystream(name, of.bytes);
  const bytes = photo ? jpegOf(filling) : pdfOf(filling);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    name: `${name}.${photo ? 'jpg' : 'pdf'}`,
    mediaType: photo ? 'image/jpeg' : 'application/pdf',
    bytes,
    sha256,
  };
}

/** Bytes that do not compress and are the same for the same text. */
function keystream(text: string, length: number): Buffer {
  const block = createHash('shake256', { outputLength: Math.min(length, 1 << 16) })
    .update(text)
    .digest();
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += block.length) {
    block.copy(bytes, at);
    block.writeUInt32BE(at >>> 0, 0);
  }
  return bytes;
}

/** A decodable grey photo of 8 × 8 pixels (ITU-T T.81) that carries `filling` in its comment segments. */
function jpegOf(filling: Buffer): Buffer {
  const segment = (marker: number, body: Buffer) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(body.length + 2, 2);
    return Buffer.concat([head, body]);
  };
  const comments = slices(filling, 0xfff0).map(part => segment(0xfe, part));
  const quantisation = segment(0xdb, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)]));
  const frame = segment(0xc0, Buffer.from([8, 0, 8, 0, 8, 1, 1, 0x11, 0]));
  const oneCode = [1, ...Array<number>(15).fill(0), 0];
  const huffman = [0x00, 0x10].map(id => segment(0xc4, Buffer.from([id, ...oneCode])));
  const scan = segment(0xda, Buffer.from([1, 1, 0x00, 0, 63, 0]));
  const head = [Buffer.from([0xff, 0xd8]), ...comments, quantisation, frame, ...huffman, scan];
  return Buffer.concat([...head, Buffer.from([0x3f, 0xff, 0xd9])]);
}

/** A readable PDF of one empty page (ISO 32000-1 §7.5) that carries `filling` in a stream. */
function pdfOf(filling: Buffer): Buffer {
  const objects = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from('<< /Type /Pages /Kids [3 0 R] /Count 1 >>'),
    Buffer.from('<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>'),
    Buffer.concat([
      Buffer.from(`<< /Length ${filling.length} >>\nstream\n`),
      filling,
      Buffer.from('\nendstream'),
    ]),
  ];
  const parts = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let length = parts[0]?.length ?? 0;
  objects.forEach((body, index) => {
    const object = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
    offsets.push(length);
    parts.push(object);
    length += object.length;
  });
  const entries = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(table + trailer)]);
}

function slices(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  );
}
