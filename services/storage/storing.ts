import type { DocumentId } from '../../domain/document-id.ts';
import type { AcceptedMessage, StoredMessage } from '../../domain/messages.ts';
import type { Parity } from '../../domain/parity.ts';
import type { ReleaseRole } from '../../domain/release-role.ts';
import type { Release } from '../../domain/release.ts';
import type { Broker } from '../kit/broker/broker.ts';
import type { ReachCrashPoint } from '../kit/crash-points.ts';
import type { Rows } from '../kit/database/rows.ts';
import { documentKey, type DocumentRow } from '../kit/document-row.ts';
import type { Log } from '../kit/logger.ts';
import type { Clock } from '../kit/ports.ts';
import { orDamaged, type Lying } from '../kit/spool/lying.ts';
import type { Spool } from '../kit/spool/spool.ts';
import type { StrayRow } from '../kit/stray.ts';
import type { Vault } from './vault/vault.ts';

/** What storage's commands work with. */
export interface Storing {
  /** Who we are in a document's story: `odd/1`. */
  readonly by: string;
  readonly cluster: Parity;
  readonly release: Release;
  readonly publicUrl: string;
  readonly spool: Spool;
  readonly vault: Vault;
  readonly documents: Rows<DocumentRow>;
  readonly strays: Rows<StrayRow>;
  readonly broker: Pick<Broker, 'publish' | 'depth' | 'waiting'>;
  /** What the keeper last said our release is; undefined when it says nothing. */
  readonly role: () => ReleaseRole | undefined;
  /** The newest release whose work is taken for good, by the keeper's last word; undefined when it says nothing. */
  readonly proven: () => Release | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly reach: ReachCrashPoint;
}

/** A document version as messages name it. */
export interface DocumentVersion {
  readonly document: DocumentId;
  readonly version: number;
}

/** The newest row of a document version. */
export function readRow({ documents }: Storing, of: DocumentVersion): Promise<DocumentRow | undefined> {
  return documents.read(documentKey(of));
}

/** What the spool says of a document: its manifest, nothing, or that its file is not whole any more. */
export function findInSpool(
  { spool }: Pick<Storing, 'spool'>,
  document: DocumentId,
): Promise<Lying | undefined> {
  return orDamaged(spool.find(document));
}

/** The document's download URL. */
export function contentUrl(publicUrl: string, document: DocumentId): string {
  return `${publicUrl}/v1/documents/${document}/content`;
}

/** The message that has a document stored. */
export function acceptedMessageOf(
  of: DocumentVersion & { generation: number; acceptedAt: Date },
): AcceptedMessage {
  return { kind: 'document.accepted', ...bodyOf(of) };
}

/** The message that has a document's owner told. */
export function storedMessageOf(
  of: DocumentVersion & { generation: number; acceptedAt: Date },
): StoredMessage {
  return { kind: 'document.stored', ...bodyOf(of) };
}

function bodyOf(of: DocumentVersion & { generation: number; acceptedAt: Date }) {
  const { document, version, generation, acceptedAt } = of;
  return { schema: 1 as const, document, version, generation, acceptedAt: acceptedAt.toISOString() };
}
