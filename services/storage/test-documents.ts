/** A segment of a JPEG: a marker, its length, its content (ITU-T T.81 B.1.1.4). */
export function jpegSegment(marker: number, content: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

/** What a JPEG may be made of. */
export interface JpegParts {
  /** Segments between the start of image and the frame. */
  readonly metadata: readonly Buffer[];
  readonly width: number;
  readonly height: number;
  /** Entropy-coded bytes of the scan. */
  readonly scan: Buffer;
  /** Behind the end of image. */
  readonly trailing: Buffer;
}

/** The markers that bound an image. */
export const startOfImage = Buffer.from([0xff, 0xd8]);
export const endOfImage = Buffer.from([0xff, 0xd9]);

/** A baseline JPEG as cameras write it. */
export function buildJpeg(parts: Partial<JpegParts> = {}): Buffer {
  const {
    metadata = [],
    width = 1,
    height = 1,
    scan = Buffer.alloc(40, 0x2a),
    trailing = Buffer.alloc(0),
  } = parts;
  const frame = Buffer.from([8, height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0]);
  return Buffer.concat([
    startOfImage,
    jpegSegment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    ...metadata,
    jpegSegment(0xdb, Buffer.alloc(65, 1)),
    jpegSegment(0xc0, frame),
    jpegSegment(0xc4, Buffer.from([0, 1, ...Buffer.alloc(15), 0])),
    jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    scan,
    endOfImage,
    trailing,
  ]);
}

/** What a PDF may be made of. */
export interface PdfParts {
  /** Further entries of the trailer dictionary. */
  readonly trailer: string;
  /** Objects behind the page. */
  readonly objects: readonly string[];
  /** Where the cross-references are said to be. @default where they are */
  readonly startxref: number;
  /** True for a cross-reference stream (ISO 32000-1 §7.5.8) instead of a table. */
  readonly stream: boolean;
}

const page = [
  '<< /Type /Catalog /Pages 2 0 R >>',
  '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
  '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>',
];

/** A PDF of one empty page. */
export function buildPdf(parts: Partial<PdfParts> = {}): Buffer {
  let body = '%PDF-1.7\n';
  const offsets = [...page, ...(parts.objects ?? [])].map((object, at) => {
    const offset = body.length;
    body += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const dictionary = `/Size ${offsets.length + 1} /Root 1 0 R ${parts.trailer ?? ''}`;
  const section = parts.stream === true ? xrefStream(offsets, dictionary) : xrefTable(offsets, dictionary);
  return Buffer.from(`${body}${section}startxref\n${parts.startxref ?? body.length}\n%%EOF\n`, 'latin1');
}

function xrefTable(offsets: readonly number[], dictionary: string): string {
  const lines = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`);
  const size = offsets.length + 1;
  return `xref\n0 ${size}\n0000000000 65535 f \n${lines.join('')}trailer\n<< ${dictionary} >>\n`;
}

function xrefStream(offsets: readonly number[], dictionary: string): string {
  const entries = offsets.map(offset => Buffer.from([1, offset >> 8, offset & 0xff, 0]).toString('latin1'));
  const content = entries.join('');
  const head = `/Type /XRef /W [1 2 1] /Index [1 ${offsets.length}] /Length ${content.length} ${dictionary}`;
  return `${offsets.length + 1} 0 obj\n<< ${head} >>\nstream\n${content}\nendstream\nendobj\n`;
}
