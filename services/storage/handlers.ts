import { isDocumentId, parseDocumentId } from '../../domain/document-id.ts';
import { ParityError } from '../../domain/errors.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import type { Handlers } from '../kit/http/exchange.ts';
import { readOutcomesAsked } from '../kit/http/outcomes-asked.ts';
import { documentOutcomesOf } from './document-outcomes.ts';
import { dropDocument } from './drop-document.ts';
import { dropStray } from './drop-stray.ts';
import { findOwnDocument, readableRow } from './find-document.ts';
import { openLink, type LinkPolicy } from './open-link.ts';
import { listParked, showParked } from './parked.ts';
import { presentManifest, presentRow } from './present-document.ts';
import { replayDocument } from './replay-document.ts';
import { reconcileVault } from './reconcile-vault.ts';
import { reprocessRelease } from './reprocess-release.ts';
import { revokeLinks } from './revoke-links.ts';
import { serveContent } from './serve-content.ts';
import type { Storing } from './storing.ts';
import { traceDocument } from './trace-document.ts';

const pageSize = { default: 50, most: 200 } as const;

/** Storage's routes. */
export function storageHandlers(storing: Storing, policy: LinkPolicy): Handlers<'storage'> {
  const { publicUrl } = storing;
  return {
    list: async ({ claims, query }) => {
      const limit = pageLimit(query);
      const rows = await listOwn(storing, claims.sub, { limit, after: query.get('after') });
      const documents = rows.map(row => presentRow(row, publicUrl));
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return { status: 200, json: { documents, next: last?.listKey } };
    },
    show: async ({ claims, params }) => {
      const found = await findOwnDocument(storing, { id: params.id, user: claims.sub });
      const json =
        'row' in found ? presentRow(found.row, publicUrl) : presentManifest(found.manifest, publicUrl);
      return { status: 200, json };
    },
    content: async ({ claims, params }) => {
      const found = await findOwnDocument(storing, { id: params.id, user: claims.sub });
      return serveContent(storing, readableRow(found));
    },
    revokeLinks: async ({ claims, params }) => {
      await revokeLinks(storing, params.id, claims);
      return { status: 204, empty: true };
    },
    open: async ({ params, signedIn }) =>
      serveContent(storing, await openLink(storing, policy, { token: params.token, signedIn })),
    ...operatorHandlers(storing),
    outcomes: async ({ body }) => ({
      status: 200,
      json: await documentOutcomesOf(storing, await readOutcomesAsked(body(), storing.clock)),
    }),
  };
}

/** What is put aside, traced and put right by people. */
function operatorHandlers(storing: Storing) {
  const { publicUrl } = storing;
  return {
    trace: async ({ params }) => ({
      status: 200,
      json: await traceDocument(storing, parseDocumentId(params.id)),
    }),
    parked: async () => ({ status: 200, json: { parked: await listParked(storing) } }),
    showParked: async ({ params }) => ({ status: 200, json: await showParked(storing, params.id) }),
    replay: async ({ params, claims }) => {
      const { id } = params;
      const row = isDocumentId(id)
        ? await replayDocument(storing, { document: id, version: 1 }, claims.sub)
        : await refuseReplay(storing, id);
      return { status: 202, json: presentRow(row, publicUrl) };
    },
    drop: async ({ params: { id }, claims }) => {
      if (!isDocumentId(id)) return { status: 200, json: await dropStray(storing, id, claims.sub) };
      const row = await dropDocument(storing, { document: id, version: 1 }, claims.sub);
      return { status: 200, json: presentRow(row, publicUrl) };
    },
    reprocess: async ({ params: { release }, query, claims }) => ({
      status: 200,
      json: await reprocessRelease(storing, { release, after: query.get('after'), who: claims.sub }),
    }),
    reconcile: async ({ query, claims }) => ({
      status: 200,
      json: await reconcileVault(storing, {
        since: query.get('since'),
        after: query.get('after'),
        who: claims.sub,
      }),
    }),
  } satisfies Partial<Handlers<'storage'>>;
}

async function refuseReplay(storing: Storing, id: string): Promise<never> {
  await showParked(storing, id);
  throw new ParityError(
    'conflict',
    'This is a message without a document to store: it can only be looked at.',
  );
}

/** Newest first; a page goes on after the list key that the last one ended with. */
function listOwn(
  { documents }: Storing,
  owner: string,
  { limit, after }: { limit: number; after: string | null },
): Promise<DocumentRow[]> {
  const where = { owner, ...(after === null ? {} : { listKey: { $lt: after } }) };
  return documents.find({ where, sort: { listKey: -1 }, limit });
}

function pageLimit(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? pageSize.default);
  if (Number.isInteger(limit) && limit >= 1 && limit <= pageSize.most) return limit;
  throw new ParityError('invalid_request', `\`limit\` must be a whole number from 1 to ${pageSize.most}.`);
}
