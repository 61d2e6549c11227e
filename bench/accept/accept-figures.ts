import { percentile } from '../../faults/open-load.ts';
import type { Verdict } from '../verdict.ts';
import { judge, type Target } from '../verdict.ts';
import { contestantNames, documentSizes, type ContestantName, type DocumentSize } from './contestant.ts';
import type { Rounds, Turn } from './run-rounds.ts';

/** What one contestant did with documents of one size, over all rounds. */
export interface ContestantFigures {
  readonly size: DocumentSize;
  readonly contestant: ContestantName;
  readonly requestsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Microseconds of CPU for one document, of each process that works for it. */
  readonly cpuUs: Readonly<Record<string, number>>;
  readonly failed: number;
  /** How often as many documents as the other in the same round: the median of the rounds, the least and the most. */
  readonly against: Readonly<Partial<Record<'tus' | 'sink', Ratio>>>;
}

/** A ratio of requests per second, over the rounds. */
export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Figures of everything that was measured, and what the disk did. */
export interface AcceptFigures {
  readonly contestants: readonly ContestantFigures[];
  readonly disk: readonly DiskFigures[];
}

/** What the disk did with files of one size, without anybody asking over the network. */
export interface DiskFigures {
  readonly size: DocumentSize;
  /** Of one write and sync. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The least CPU, in microseconds, that hashing a document and making it durable took where nothing else was done. */
  readonly filesCpuUs: number;
}

/** Works the figures out of the turns. */
export function acceptFigures({ turns, syncMs, files }: Rounds): AcceptFigures {
  const sizes = (Object.keys(documentSizes) as DocumentSize[]).filter(size =>
    turns.some(turn => turn.size === size),
  );
  return {
    contestants: sizes.flatMap(size =>
      contestantNames.map(contestant => figuresOf({ size, contestant }, turns)),
    ),
    disk: sizes.map(size => {
      const made = sum(files[size].map(turn => turn.made));
      return {
        size,
        p50Ms: percentile(syncMs[size], 0.5),
        p99Ms: percentile(syncMs[size], 0.99),
        filesCpuUs: (sum(files[size].map(turn => turn.cpuMs)) * 1000) / made,
      };
    }),
  };
}

function figuresOf(
  of: { size: DocumentSize; contestant: ContestantName },
  turns: readonly Turn[],
): ContestantFigures {
  const own = turns.filter(turn => turn.size === of.size && turn.contestant === of.contestant);
  const taken = sum(own.map(turn => turn.taken));
  const seconds = sum(own.map(turn => turn.seconds));
  const ms = own.flatMap(turn => turn.ms);
  const processes = Object.keys(own[0]?.cpuMs ?? {});
  const cpuUs = processes.map(name => {
    const spentMs = sum(own.map(turn => turn.cpuMs[name] ?? 0));
    return [name, (spentMs * 1000) / taken] as const;
  });
  return {
    ...of,
    requestsPerSecond: taken / seconds,
    megabytesPerSecond: (taken * documentSizes[of.size]) / seconds / 1e6,
    p50Ms: percentile(ms, 0.5),
    p99Ms: percentile(ms, 0.99),
    cpuUs: Object.fromEntries(cpuUs),
    failed: sum(own.map(turn => turn.failed)),
    against: { tus: ratio(own, turns, 'tus'), sink: ratio(own, turns, 'sink') },
  };
}

/** Of two that took turns in the same rounds. */
function ratio(own: readonly Turn[], turns: readonly Turn[], other: ContestantName): Ratio {
  const ratios = own.flatMap(mine => {
    const theirs = turns.find(
      turn => turn.round === mine.round && turn.size === mine.size && turn.contestant === other,
    );
    return theirs === undefined ? [] : [rate(mine) / rate(theirs)];
  });
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

function rate({ taken, seconds }: Turn): number {
  return taken / seconds;
}

/** The value in the middle; of an even number, between the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const middle = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  return sum(middle) / middle.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** How many times the documents of another server of the same run. */
export type AcceptTarget = Pick<Target, 'kind'> & {
  readonly size: DocumentSize;
  readonly against: 'tus' | 'sink';
  readonly atLeast: number;
};

/** Of the processor asked straight; `@tus/server` neither syncs nor has anybody confirm what it answers. */
export const acceptTargets: readonly AcceptTarget[] = [
  { kind: 'required', size: '1 KB', against: 'tus', atLeast: 3 },
  { kind: 'required', size: '200 KB', against: 'tus', atLeast: 2 },
  { kind: 'goal', size: '200 KB', against: 'tus', atLeast: 3 },
  { kind: 'goal', size: '200 KB', against: 'sink', atLeast: 0.6 },
  { kind: 'goal', size: '2 MB', against: 'sink', atLeast: 0.6 },
];

export const otherNames = { tus: '@tus/server', sink: 'the bare sink' } as const;

/** Holds the figures against what is asked of the accept path. */
export function judgeAccept({ contestants }: AcceptFigures): Verdict[] {
  const failed = sum(contestants.map(figures => figures.failed));
  const none: Target = { what: 'requests that failed', unit: '', kind: 'required', bound: { atMost: 0 } };
  const ratios = acceptTargets.map(({ kind, size, against, atLeast }) => {
    const what = `accept of ${size} against ${otherNames[against]}`;
    const own = contestants.find(each => each.size === size && each.contestant === 'processor');
    return judge({ what, unit: ' ×', kind, bound: { atLeast } }, own?.against[against]?.median);
  });
  return [judge(none, failed), ...ratios];
}
