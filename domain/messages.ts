import { z } from 'zod';
import { isDocumentId, type DocumentId } from './document-id.ts';

const documentId = z
  .string()
  .refine(isDocumentId, 'a document id')
  .transform(text => text as DocumentId);

const header = {
  schema: z.literal(1),
  document: documentId,
  /** The document's version; 1 until documents can be replaced. */
  version: z.int().positive(),
  /** Raised by each replay, so that a message from before it is recognised as stale. */
  generation: z.int().nonnegative(),
  /** When the document was accepted. */
  acceptedAt: z.iso.datetime(),
};

/** A document lies in the spool and waits to be stored. */
export const acceptedMessage = z.strictObject({ kind: z.literal('document.accepted'), ...header });
export type AcceptedMessage = z.infer<typeof acceptedMessage>;

/** A document is stored and its owner waits to be told. */
export const storedMessage = z.strictObject({ kind: z.literal('document.stored'), ...header });
export type StoredMessage = z.infer<typeof storedMessage>;

/** Everything that travels through a broker. Bytes never do. */
export const message = z.discriminatedUnion('kind', [acceptedMessage, storedMessage]);
export type Message = z.infer<typeof message>;
export type MessageKind = Message['kind'];

/** Newest schema version that this release reads and writes. */
export const messageSchemaVersion = 1;

/** What a payload turned out to be; a message of another release's schema still names its document if it can. */
export type ReadMessage =
  | { readonly outcome: 'read'; readonly message: Message }
  | { readonly outcome: 'unknown_schema'; readonly document: DocumentId | undefined }
  | { readonly outcome: 'unreadable'; readonly why: string };

/** Reads a message's payload; never throws, for whatever came must be kept (failures.md 32). */
export function readMessage(payload: Uint8Array): ReadMessage {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return { outcome: 'unreadable', why: 'not JSON' };
  }
  const parsed = message.safeParse(value);
  if (parsed.success) return { outcome: 'read', message: parsed.data };
  const foreign = z.looseObject({ schema: z.int(), document: z.unknown().optional() }).safeParse(value);
  if (foreign.success && foreign.data.schema !== messageSchemaVersion) {
    const { document } = foreign.data;
    return { outcome: 'unknown_schema', document: documentId.safeParse(document).data };
  }
  return { outcome: 'unreadable', why: z.prettifyError(parsed.error) };
}

/** A message's payload as it travels. */
export function writeMessage(body: Message): Buffer {
  return Buffer.from(JSON.stringify(body));
}
