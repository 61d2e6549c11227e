import type { Try, Upload } from './fleet/upload.ts';

/** How drivers met a fault. Times are milliseconds after it. */
export interface Outage {
  /** Requests that were under way or sent after it and were not answered 202. */
  readonly failedTries: number;
  /** When the first of them ended: by then the fault was there. 0 when there was none. */
  readonly beganAfterMs: number;
  /** When the last of them ended: from then on everything is answered. 0 when there was none. */
  readonly overAfterMs: number;
  /** The longest that a paper waited for its 202, repeats and all. */
  readonly longestMs: number;
  /** The most tries that a paper needed. */
  readonly mostTries: number;
}

/** What papers that were under way at `atMs` (epoch milliseconds), or sent after it, had to bear. */
export function outageSince(uploads: readonly Upload[], atMs: number): Outage {
  const met = uploads.filter(({ tries }) => tries.some(each => endOf(each) >= atMs));
  const failed = met.flatMap(({ tries }) => tries.filter(each => each.status !== 202 && endOf(each) >= atMs));
  const ends = failed.map(each => endOf(each) - atMs);
  return {
    failedTries: failed.length,
    beganAfterMs: failed.length === 0 ? 0 : Math.min(...ends),
    overAfterMs: Math.max(0, ...ends),
    longestMs: Math.max(0, ...met.map(({ tries }) => waited(tries))),
    mostTries: Math.max(0, ...met.map(({ tries }) => tries.length)),
  };
}

/** What did not succeed at or after `atMs`, for people: how often each answer, and from when to when. */
export function presentFailures(uploads: readonly Upload[], atMs: number): string {
  const failed = uploads
    .flatMap(({ tries }) => tries)
    .filter(each => each.status !== 202 && endOf(each) >= atMs);
  const kinds = Map.groupBy(failed, ({ status, servedBy }) =>
    status === 0 ? 'broken off' : `${status} of ${servedBy}`,
  );
  const seconds = (ms: number) => ((ms - atMs) / 1000).toFixed(1);
  return [...kinds]
    .map(([kind, some]) => {
      const ends = some.map(endOf);
      return `${some.length} ${kind} (${seconds(Math.min(...ends))}–${seconds(Math.max(...ends))} s)`;
    })
    .join(', ');
}

function endOf({ sentAt, ms }: Try): number {
  return sentAt + ms;
}

function waited(tries: readonly Try[]): number {
  const [first, last] = [tries[0], tries.at(-1)];
  return first === undefined || last === undefined ? 0 : endOf(last) - first.sentAt;
}
