import {
  otherNames,
  type AcceptFigures,
  type ContestantFigures,
  type DiskFigures,
} from './accept/accept-figures.ts';
import type { ContestantName } from './accept/contestant.ts';
import { cpuBudgets, type CpuBudget } from './accept/cpu-budget.ts';
import type { PushFigures } from './push/measure-push.ts';
import type { StreamFigures } from './stream/measure-stream.ts';

const fullNames = {
  processor: 'processor',
  gateway: 'gateway, processor',
  tus: '@tus/server',
  sink: 'bare sink',
} as const satisfies Record<ContestantName, string>;

const columns = [
  'size',
  'server',
  'requests/s',
  'MB/s',
  'p50 ms',
  'p99 ms',
  '× tus',
  '× sink',
  'CPU µs per request',
];

/** A table of what everybody did, what the disk did for each size, and what each target leaves of the cores. */
export function presentAccept(figures: AcceptFigures, cores: number): string[] {
  const { contestants, disk } = figures;
  const rows = contestants.map(figures => [
    figures.size,
    fullNames[figures.contestant],
    figures.requestsPerSecond.toFixed(0),
    figures.megabytesPerSecond.toFixed(1),
    figures.p50Ms.toFixed(1),
    figures.p99Ms.toFixed(1),
    presentRatio(figures, 'tus'),
    presentRatio(figures, 'sink'),
    Object.entries(figures.cpuUs)
      .map(([name, us]) => `${name} ${us.toFixed(0)}`)
      .join(', '),
  ]);
  return [
    ...table([columns, ...rows]),
    '',
    ...disk.flatMap(presentDisk),
    ...cpuBudgets(figures, cores).map(budget => presentBudget(budget, cores)),
  ];
}

function presentDisk({ size, p50Ms, p99Ms, filesCpuUs }: DiskFigures): string[] {
  return [
    `disk: one write and sync of ${size}: p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`,
    `disk: a document of ${size} hashed and made durable, and nothing else: at least ${filesCpuUs.toFixed(0)} µs of CPU`,
  ];
}

function presentBudget({ target, leavesUs, partsUs }: CpuBudget, cores: number): string {
  const { size, against, atLeast } = target;
  return (
    `budget: ${atLeast} × ${otherNames[against]} at ${size} leaves ${leavesUs.toFixed(0)} µs of ${cores} cores a document; ` +
    `hash, files, broker, bare HTTP and its client alone take at least ${partsUs.toFixed(0)}`
  );
}

/** The median of the rounds, and from where to where they went. */
function presentRatio({ contestant, against }: ContestantFigures, other: 'tus' | 'sink'): string {
  const ratio = against[other];
  if (ratio === undefined || contestant === other) return '';
  return `${ratio.median.toFixed(2)} (${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)})`;
}

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((_, at) => Math.max(...rows.map(row => row[at]?.length ?? 0)));
  return rows.map(row =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** One line. */
export function presentPush({ documents, bytes, p50Ms, p99Ms, acceptedP50Ms }: PushFigures): string[] {
  return [
    `upload to push: ${documents} documents of ${bytes / 1000} KB on an idle pair: p50 ${p50Ms.toFixed(0)} ms, ` +
      `p99 ${p99Ms.toFixed(0)} ms (to the 202: p50 ${acceptedP50Ms.toFixed(0)} ms)`,
  ];
}

const mib = 1024 * 1024;

/** How the upload went, and a line for each process on its way. */
export function presentStream(figures: StreamFigures): string[] {
  const { bytes, acceptedAfterS, settledAfterS, servedBefore, servedBy, state, hashIsRight } = figures;
  const rate = bytes / 1e6 / acceptedAfterS;
  return [
    `${bytes / 1e9} GB over both gateways (${servedBefore} was dead, ${servedBy} took it): accepted after ` +
      `${acceptedAfterS.toFixed(1)} s (${rate.toFixed(0)} MB/s), ${state} after ${settledAfterS.toFixed(1)} s, ` +
      `hash ${hashIsRight ? 'right' : 'WRONG'}`,
    ...figures.processes.map(({ name, before, most, growth }) => {
      const [from, to, by] = [before, most, growth].map(each => Math.round(each / mib));
      return `  ${name}: ${from} → ${to} MiB (grew by ${by})`;
    }),
  ];
}
