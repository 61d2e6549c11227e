import { bucketOf } from '../../domain/claims.ts';
import { keyedDocumentId, reusedKeyDocumentId, type DocumentId } from '../../domain/document-id.ts';
import { queueNames } from '../../domain/queues.ts';
import { parseRelease } from '../../domain/release.ts';
import { documentKey, listKey } from '../kit/document-row.ts';
import { shardOf } from '../kit/shard.ts';
import { pushKey } from '../notification/ledger.ts';
import type { Facts } from './document-facts.ts';

/** What names are derived from. */
export interface NameSources {
  readonly owner: string;
  readonly key: string;
  readonly sha256: string;
  readonly release: string;
  /** ISO 8601. */
  readonly acceptedAt: string;
}

/** Names by which releases find what the other has: were they derived in two ways, one paper would be two. */
export function derivedNames({ owner, key, sha256, release, acceptedAt }: NameSources): Facts {
  const document: DocumentId = keyedDocumentId({ owner, key });
  const [accepted, stored] = (['document.accepted', 'document.stored'] as const).map(kind =>
    Object.values(queueNames(kind, parseRelease(release)))
      .flat()
      .join(' '),
  );
  return {
    document,
    reused: reusedKeyDocumentId({ id: document, sha256 }),
    row: documentKey({ document, version: 1 }),
    listed: listKey({ document, acceptedAt: new Date(acceptedAt) }),
    push: pushKey({ document, version: 1, installation: 'phone' }),
    shard: shardOf(document),
    bucket: bucketOf(owner),
    accepted: accepted ?? '',
    stored: stored ?? '',
  };
}
