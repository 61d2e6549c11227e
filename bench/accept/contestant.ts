/** Who takes documents in this bench. */
export const contestantNames = ['processor', 'gateway', 'tus', 'sink'] as const;
export type ContestantName = (typeof contestantNames)[number];

/** One of them, ready to be sent to. */
export interface Contestant {
  readonly name: ContestantName;
  readonly port: number;
  /** Request line and headers for a body of that many bytes; `LoadJob.head` says what is added. */
  readonly head: (bodyBytes: number) => string;
  /** The status by which it takes a document. */
  readonly takes: 201 | 202;
  /** The processes that work for it, by what they are; undefined when one is not ours to look at. */
  readonly processes: Readonly<Record<string, number | undefined>>;
  /** Gives back the disk space of what it took. */
  readonly empty: () => Promise<void>;
}

/** Sizes of the documents sent, in bytes. */
export const documentSizes = { '1 KB': 1_000, '200 KB': 200_000, '2 MB': 2_000_000 } as const;
export type DocumentSize = keyof typeof documentSizes;
