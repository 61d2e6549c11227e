import { z } from 'zod';
import type { RouteClass } from '../../domain/catalogue.ts';
import { isDocumentId } from '../../domain/document-id.ts';
import { parseRelease, type Release } from '../../domain/release.ts';
import { parseJson } from '../../domain/parse-json.ts';
import type { EnteredRequest } from '../../release/keeper/observe-request.ts';
import { catalogueRoutes } from './gateway-view.ts';

/** Envoy writes what is not there as null, and as `-` within a text. */
const number = z.number().nullish();
const text = z.string().nullish();

const lineShape = z.object({
  time: z.iso.datetime(),
  route: text,
  status: z.number(),
  why: text,
  ms: z.number(),
  answerMs: number,
  user: text,
  servedBy: text,
  document: text,
});

const classOf: ReadonlyMap<string, RouteClass> = new Map(
  catalogueRoutes.map(({ name, class: routeClass }) => [name, routeClass]),
);

/**
 * A line of a gateway's access log as a keeper counts it. Undefined for what says nothing of a release: a request
 * without a verified user (a link is opened by whoever holds it, and nobody is sent to a candidate without a token), one
 * that no route took, and what is no line of ours.
 */
export function enteredRequest(line: string): EnteredRequest | undefined {
  const parsed = lineShape.safeParse(parseJson(line));
  if (!parsed.success) return undefined;
  const { time, route, status, why, ms, answerMs, user, servedBy, document } = parsed.data;
  const [decided, name = ''] = (route ?? '').split(' ');
  const release = releaseIn(decided);
  if (release === undefined || user == null || user === '-') return undefined;
  const abandoned = status === 0 && (why ?? '').startsWith('downstream_');
  return {
    atMs: Date.parse(time),
    user,
    decided: release,
    answeredBy: releaseIn(servedBy?.split('/')[1]),
    routeClass: classOf.get(name),
    status,
    abandoned,
    tookMs: Math.max(0, status === 0 ? ms : (answerMs ?? ms)),
    document: status === 202 ? documentIn(document) : undefined,
  };
}

function documentIn(location: string | null | undefined): string | undefined {
  const id = location?.split('/').at(-1);
  return id !== undefined && isDocumentId(id) ? id : undefined;
}

function releaseIn(named: string | undefined): Release | undefined {
  try {
    return parseRelease(named ?? '');
  } catch {
    return undefined;
  }
}
