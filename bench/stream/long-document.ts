import { createHash } from 'node:crypto';

/** A PDF of any length that needs no memory. */
export interface LongDocument {
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly sha256: string;
  /** Its bytes, the same ones each time. */
  pieces(): Iterable<Buffer>;
}

const pieceBytes = 1024 * 1024;

const head = Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n');

/** A document of exactly `bytes`, whose pieces differ by their number, so that none can be lost or swapped unseen. */
export function longDocument(bytes: number): LongDocument {
  const pieces = () => piecesOf(bytes);
  const hash = createHash('sha256');
  for (const piece of pieces()) hash.update(piece);
  return { bytes, sha256: hash.digest('hex'), pieces };
}

function* piecesOf(bytes: number): Iterable<Buffer> {
  yield head;
  const end = ending(bytes);
  const filling = bytes - head.length - end.length;
  for (let at = 0; at < filling; at += pieceBytes) {
    const piece = Buffer.alloc(Math.min(pieceBytes, filling - at), 'parity ');
    if (piece.length >= 8) piece.writeBigUInt64BE(BigInt(at), 0);
    yield piece;
  }
  yield end;
}

/** A cross-reference table at the very end, where a reader looks for it (ISO 32000-1 §7.5). */
function ending(bytes: number): Buffer {
  const table = 'xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n';
  const close = '\n%%EOF\n';
  const positionDigits = 12;
  const length = table.length + positionDigits + close.length;
  const at = String(bytes - length).padStart(positionDigits, '0');
  return Buffer.from(`${table}${at}${close}`);
}
