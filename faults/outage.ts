import type { Try, Upload } from './fleet/upload.ts';

/** How drivers met a fault. Times are milliseconds after it. */
export interface Outage {
  /** Requests that were under way or sent after it and were not answered 202. */
  readonly failedTries: number;
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
  return {
    failedTries: failed.length,
    overAfterMs: Math.max(0, ...failed.map(each => endOf(each) - atMs)),
    longestMs: Math.max(0, ...met.map(({ tries }) => waited(tries))),
    mostTries: Math.max(0, ...met.map(({ tries }) => tries.length)),
  };
}

function endOf({ sentAt, ms }: Try): number {
  return sentAt + ms;
}

function waited(tries: readonly Try[]): number {
  const [first, last] = [tries[0], tries.at(-1)];
  return first === undefined || last === undefined ? 0 : endOf(last) - first.sentAt;
}
