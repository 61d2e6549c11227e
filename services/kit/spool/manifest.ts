import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { isDocumentId, type DocumentId } from '../../../domain/document-id.ts';
import type { DocumentState } from '../../../domain/document.ts';
import { ParityError } from '../../../domain/errors.ts';
import { isParity } from '../../../domain/parity.ts';

/** States after which the payload is no longer needed. */
const settledStates = ['stored', 'rejected', 'cancelled'] as const satisfies readonly DocumentState[];

/** What is known of a document from the moment it was accepted; with the payload enough to rebuild everything. */
export const manifestSchema = z.object({
  schema: z.literal(1),
  id: z
    .string()
    .refine(isDocumentId)
    .transform(text => text as DocumentId),
  /** The user who sent it. */
  owner: z.string().min(1),
  /** The name it had on the sender's device: metadata, never a path. */
  name: z.string(),
  /** The media type its sender declared; what it is, storage finds out from the bytes. */
  mediaType: z.string(),
  size: z.int().nonnegative(),
  /** SHA-256 of the payload, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The release that accepted it. */
  release: z.string(),
  /** The cluster that accepted it, and whose broker got the message first. */
  cluster: z.string().refine(isParity),
  acceptedAt: z.iso.datetime(),
  /** What became of it: then the payload is gone, and the spool file is the receipt that answers for it. */
  settled: z.object({ state: z.enum(settledStates), reason: z.string().optional() }).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Length of the footer: magic (8 bytes), manifest length (u32), its CRC-32 (u32), payload length (u64), big-endian. */
export const footerBytes = 24;
const magic = Buffer.from('PARITY/1', 'latin1');

/** What follows the payload in a spool file: the manifest as JSON, then the footer. */
export function encodeTail(manifest: Manifest): Buffer {
  const body = Buffer.from(JSON.stringify(manifest));
  const footer = Buffer.alloc(footerBytes);
  magic.copy(footer);
  footer.writeUInt32BE(body.length, 8);
  footer.writeUInt32BE(crc32(body), 12);
  footer.writeBigUInt64BE(BigInt(manifest.settled === undefined ? manifest.size : 0), 16);
  return Buffer.concat([body, footer]);
}

/** Where a spool file's parts lie, from its last bytes. */
export interface Footer {
  readonly manifestBytes: number;
  readonly manifestCrc: number;
  readonly payloadBytes: number;
}

/** @throws ParityError `document_corrupt` when this is no footer, or not one of a file of `fileBytes` bytes. */
export function decodeFooter(footer: Buffer, fileBytes: number): Footer {
  if (footer.length !== footerBytes || !footer.subarray(0, magic.length).equals(magic)) {
    const message = 'A spool file has no footer: it was not written by Parity, or is damaged.';
    throw new ParityError('document_corrupt', message);
  }
  const manifestBytes = footer.readUInt32BE(8);
  const manifestCrc = footer.readUInt32BE(12);
  const payloadBytes = Number(footer.readBigUInt64BE(16));
  if (payloadBytes + manifestBytes + footerBytes !== fileBytes) {
    throw new ParityError(
      'document_corrupt',
      "A spool file's footer does not fit its length: the file is damaged.",
    );
  }
  return { manifestBytes, manifestCrc, payloadBytes };
}

/** @throws ParityError `document_corrupt` when the manifest is damaged or cannot be read. */
export function decodeManifest(body: Buffer, { manifestCrc }: Pick<Footer, 'manifestCrc'>): Manifest {
  try {
    if (crc32(body) !== manifestCrc) throw new TypeError('its checksum is another');
    return manifestSchema.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw new ParityError('document_corrupt', "A spool file's manifest cannot be read.", { cause });
  }
}
