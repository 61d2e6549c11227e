/** What a key is bound to: it opens for this document version and owner alone. */
export interface EncryptionContext {
  readonly document: string;
  readonly version: string;
  readonly owner: string;
}

/**
 * Wraps documents' keys: KMS in the cloud, a master key file on a laptop. Throws ParityError `vault_unavailable` when
 * the key service does not answer, `document_corrupt` when a key does not open under its context.
 */
export interface KeyWrapper {
  /** A text that holds the wrapped key and names the key that wrapped it. */
  wrap(key: Buffer, context: EncryptionContext): Promise<string>;
  unwrap(wrapped: string, context: EncryptionContext): Promise<Buffer>;
}
