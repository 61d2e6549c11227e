import type { IncomingHttpHeaders } from 'node:http';
import { ParityError } from '../../domain/errors.ts';

/** What an upload says of itself before its first byte. */
export interface UploadHeaders {
  /** Its name on the sender's device: metadata alone. */
  readonly name: string;
  readonly mediaType: string;
  /** The key under which a repeat is the same document. */
  readonly key: string | undefined;
  /** The SHA-256 (hex) that the sender says its bytes have. */
  readonly sha256: string | undefined;
  /** The length it announces, in bytes. */
  readonly length: number | undefined;
}

const maxNameBytes = 255;
const maxKeyLength = 255;

/**
 * Reads an upload's headers: `X-Document-Name` (percent-encoded UTF-8), `Idempotency-Key` (bare, or quoted as in
 * draft-ietf-httpapi-idempotency-key-header), `Repr-Digest` (RFC 9530), `Content-Type`, `Content-Length`.
 * @throws ParityError `invalid_request` that names the header.
 */
export function readUploadHeaders(headers: IncomingHttpHeaders): UploadHeaders {
  return {
    name: documentName(single(headers, 'x-document-name')),
    mediaType: headers['content-type'] ?? 'application/octet-stream',
    key: idempotencyKey(single(headers, 'idempotency-key')),
    sha256: reprDigest(single(headers, 'repr-digest')),
    length: headers['content-length'] === undefined ? undefined : Number(headers['content-length']),
  };
}

function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function documentName(value: string | undefined): string {
  if (value === undefined) return 'document';
  const name = decoded(value);
  if (name === undefined || name === '' || /\p{Cc}/u.test(name) || Buffer.byteLength(name) > maxNameBytes) {
    throw invalid(
      'X-Document-Name',
      `percent-encoded UTF-8 of 1–${maxNameBytes} bytes without control characters`,
    );
  }
  return name;
}

function decoded(value: string): string | undefined {
  if (/[^\x20-\x7e]/.test(value)) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function idempotencyKey(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const key = /^"(?<quoted>[^"\\]*)"$/.exec(value)?.groups?.quoted ?? value;
  if (!/^[\x21-\x7e]+$/.test(key) || key.length > maxKeyLength) {
    throw invalid('Idempotency-Key', `1–${maxKeyLength} visible ASCII characters, such as a UUID`);
  }
  return key;
}

function reprDigest(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const digest = /(?:^|,)\s*sha-256=:(?<base64>[A-Za-z0-9+/]{43}=):/.exec(value)?.groups?.base64;
  if (digest === undefined) {
    // RFC 9530 §2: a receiver may ignore algorithms it does not know.
    if (/^[a-z0-9-]+=:[A-Za-z0-9+/=]*:/.test(value) && !value.includes('sha-256=')) return undefined;
    throw invalid('Repr-Digest', '`sha-256=:<base64 of 32 bytes>:`');
  }
  return Buffer.from(digest, 'base64').toString('hex');
}

function invalid(header: string, form: string): ParityError {
  return new ParityError('invalid_request', `The header ${header} is not valid: give ${form}.`);
}
