/** What the load client is to send, until a time is over. */
export interface LoadJob {
  readonly port: number;
  /** Request line and headers, each with its line end, without what `keyHeader` and the body's length add. */
  readonly head: string;
  readonly bodyBytes: number;
  readonly connections: number;
  /** No request begins after it; those under way are waited for. */
  readonly forMs: number;
}

/** What became of a job. */
export interface LoadResult {
  /** How many answers had each status; `broken` counts connections that ended before the answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** From the first byte sent to the whole answer, in milliseconds, of every answer. */
  readonly ms: readonly number[];
  /** From the first request to the last answer. */
  readonly seconds: number;
}
