import { parkings, rejections, type DocumentState, type Reason } from '../../domain/document.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import type { Manifest } from '../kit/spool/manifest.ts';

const explanations: Readonly<Record<Reason, string>> = {
  ...rejections,
  ...parkings,
  spool_file_missing: 'It was accepted, and its content cannot be found.',
  vault_file_missing: 'It was stored, and its file was lost with a region or a file system.',
};

/** A document as its owner sees it. Times are ISO 8601. */
export interface PresentedDocument {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly sha256: string;
  readonly state: DocumentState;
  readonly reason?: string;
  readonly explanation?: string;
  readonly acceptedAt: string;
  readonly storedAt?: string;
  readonly notifiedAt?: string;
  readonly links: { readonly self: string; readonly content: string };
}

/** A document that has its row. */
export function presentRow(row: DocumentRow, publicUrl: string): PresentedDocument {
  const { name, mediaType, size, sha256, state, reason } = row;
  return {
    id: row.document,
    ...{ name, mediaType, size, sha256, state },
    ...(reason === undefined ? {} : { reason, explanation: explanations[reason] }),
    acceptedAt: row.acceptedAt.toISOString(),
    ...(row.storedAt === undefined ? {} : { storedAt: row.storedAt.toISOString() }),
    ...(row.notifiedAt === undefined ? {} : { notifiedAt: row.notifiedAt.toISOString() }),
    links: linksOf(row.document, publicUrl),
  };
}

/** A document that has no row yet, or whose row cannot be asked for now. */
export function presentManifest(manifest: Manifest, publicUrl: string): PresentedDocument {
  const { id, name, mediaType, size, sha256, acceptedAt, settled } = manifest;
  const state = settled?.state ?? 'accepted';
  return { id, name, mediaType, size, sha256, state, acceptedAt, links: linksOf(id, publicUrl) };
}

/** What is told about a reason. */
export function explain(reason: Reason | undefined): string | undefined {
  return reason && explanations[reason];
}

function linksOf(id: string, publicUrl: string) {
  const self = `${publicUrl}/v1/documents/${id}`;
  return { self, content: `${self}/content` };
}
