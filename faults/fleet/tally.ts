import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { percentile } from '../open-load.ts';
import type { Fleet } from './fleet.ts';
import type { Sender, Upload } from './upload.ts';

/** What became of everything that a fleet has sent. */
export interface Tally {
  /** Papers that drivers began to send. */
  readonly attempt: number;
  /** Papers that were promised a document (202). */
  readonly acknowledged: number;
  /** Acknowledged, stored as sent, and shown once on the driver's phone. */
  readonly ok: number;
  /** Acknowledged, and not there, not as sent, or not shown at all. */
  readonly lost: number;
  /** Shown more than once, or stored as two documents. */
  readonly duplicated: number;
  /** Papers that were refused for good, or not taken until the app gave up. */
  readonly failed: number;
  /** Requests that were not answered 202, whatever became of their paper. */
  readonly failedRequests: number;
  readonly acceptP50Ms: number;
  readonly acceptP99Ms: number;
  /** The longest that a paper waited for its 202, with all its repeats. */
  readonly longestMs: number;
  /** Such as are lost or duplicated, for whoever wants to know why. */
  readonly examples: readonly string[];
}

const documents = z.object({
  documents: z.array(z.object({ id: z.string(), sha256: z.string().optional(), state: z.string() })),
  next: z.string().optional(),
});
const phones = z.object({
  phones: z.array(z.object({ token: z.string(), shown: z.array(z.object({ document: z.string() })) })),
});

const lookEveryMs = 500;

/** A second push follows the first by a redelivery or a repair, and those come within moments where nothing is broken. */
const quietMs = 5_000;

/**
 * Looks at what the drivers see now, again and again until everything acknowledged is notified, or for `withinMs`;
 * what is not then, is lost. Once all is there it looks a last time after a while, for what may be shown twice. The fleet
 * must have stopped.
 */
export async function tallyOf(
  { uploads, senders, phonesUrl }: Fleet,
  { clock, withinMs }: { clock: Clock; withinMs: number },
): Promise<Tally> {
  const until = clock.monotonic() + withinMs;
  const tally = async () => count(uploads, await look(senders, phonesUrl));
  while (clock.monotonic() < until && (await tally()).lost > 0) await clock.delay(lookEveryMs);
  await clock.delay(quietMs);
  return tally();
}

/** What drivers see: their lists, and their phones. */
export interface Seen {
  readonly listed: ReadonlyMap<string, { readonly sha256: string | undefined; readonly state: string }>;
  /** How often each document is shown on its owner's phone. */
  readonly shown: ReadonlyMap<string, number>;
}

/** Counts what was sent against what is seen. */
export function count(uploads: readonly Upload[], { listed, shown }: Seen): Tally {
  const acknowledged = uploads.filter(({ id }) => id !== undefined);
  const sent = new Set(acknowledged.map(({ id }) => id ?? ''));
  const isLost = ({ id = '', sha256 }: Upload) => {
    const row = listed.get(id);
    return row?.state !== 'notified' || row.sha256 !== sha256 || (shown.get(id) ?? 0) === 0;
  };
  const lost = acknowledged.filter(isLost);
  const twice = [...shown].filter(([, times]) => times > 1).map(([id]) => id);
  const failed = uploads.length - acknowledged.length;
  const strangers = [...listed.keys()].filter(id => !sent.has(id));
  // A paper whose answers all broke may be a document all the same, but only one.
  const surplus = Math.max(0, strangers.length - failed);
  const tries = uploads.flatMap(upload => upload.tries);
  const firsts = uploads.flatMap(({ tries: [first] }) => (first?.status === 202 ? [first.ms] : []));
  const waits = acknowledged.map(({ tries: all }) => waitOf(all));
  return {
    attempt: uploads.length,
    acknowledged: acknowledged.length,
    ok: acknowledged.filter(upload => !isLost(upload) && shown.get(upload.id ?? '') === 1).length,
    lost: lost.length,
    duplicated: twice.length + surplus,
    failed,
    failedRequests: tries.filter(({ status }) => status !== 202).length,
    acceptP50Ms: percentile(firsts, 0.5),
    acceptP99Ms: percentile(firsts, 0.99),
    longestMs: Math.max(0, ...waits),
    examples: [
      ...lost.map(({ id, user }) => `${id} of ${user}: ${listed.get(id ?? '')?.state ?? 'not there'}`),
      ...twice.map(id => `${id} is shown ${shown.get(id)} times`),
      ...(surplus === 0 ? [] : strangers.map(id => `${id} was promised to nobody`)),
    ],
  };
}

function waitOf(tries: Upload['tries']): number {
  const [first, last] = [tries[0], tries.at(-1)];
  return first === undefined || last === undefined ? 0 : last.sentAt + last.ms - first.sentAt;
}

async function look(senders: readonly Sender[], phonesUrl: string): Promise<Seen> {
  const listed = new Map<string, { sha256: string | undefined; state: string }>();
  for (const sender of senders) {
    for (const { id, sha256, state } of await listOf(sender)) listed.set(id, { sha256, state });
  }
  const users = new Set(senders.map(({ user }) => user));
  const answer = phones.parse(await read(`${phonesUrl}/phones`, {}));
  const shown = new Map<string, number>();
  for (const phone of answer.phones.filter(({ token }) => users.has(token)))
    for (const { document } of phone.shown) shown.set(document, (shown.get(document) ?? 0) + 1);
  return { listed, shown };
}

async function listOf({ url, authorization }: Sender): Promise<z.infer<typeof documents>['documents']> {
  const found: z.infer<typeof documents>['documents'] = [];
  for (let after = ''; ;) {
    const page = documents.parse(await read(`${url}/v1/documents?limit=200${after}`, { authorization }));
    found.push(...page.documents);
    if (page.next === undefined) return found;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
}

const readTries = 20;
const readAgainMs = 200;

/** As an app reads: again, while the answer may still come. @throws ParityError `unreachable` */
async function read(url: string, headers: Record<string, string>): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    const answer = await fetch(url, { headers }).catch(() => undefined);
    const body: unknown = await answer?.json().catch(() => undefined);
    if (answer?.ok === true && body !== undefined) return body;
    if (tries === readTries)
      throw new ParityError('unreachable', `${url} was answered ${answer?.status ?? 'by nobody'}.`);
    await pause(readAgainMs);
  }
}
