import type { ReleaseRecord } from '../../domain/record.ts';
import type { Release } from '../../domain/release.ts';
import type { JournalEntry } from '../store/journal-entry.ts';
import { inColumns } from './columns.ts';
import { presentDuration } from './duration.ts';

/** A release's story: its journal, and the newest writes that still stand in the record alone; the oldest first. */
export function historyOf(
  release: Release,
  journal: readonly JournalEntry[],
  record: ReleaseRecord,
): JournalEntry[] {
  const told = new Set(journal.map(({ nonce }) => nonce));
  const fresh = record.writes
    .filter(({ about, nonce }) => about === release && !told.has(nonce))
    .map((write): JournalEntry => ({ kind: 'write', ...write }));
  return [...journal, ...fresh].sort((a, b) => a.at.localeCompare(b.at));
}

/** The story for people: when, who, what, how it ended and why; below it what was seen. */
export function presentHistory(release: Release, entries: readonly JournalEntry[]): string {
  const [first] = entries;
  if (first === undefined) return `Nothing is told of release ${release}.`;
  const told = entries.reduce<Told[]>(foldIn, []);
  const lines = inColumns(told.map(rowOf));
  return told
    .flatMap((each, at) => {
      const day = dayOf(each.last);
      const before = told[at - 1];
      const isNewDay = before === undefined || dayOf(before.last) !== day;
      return [...(isNewDay ? [day] : []), lines[at] ?? '', ...seenIn(each.last)];
    })
    .join('\n');
}

/** One entry, or several in a row that say the same, such as that the release was judged once more. */
interface Told {
  readonly last: JournalEntry;
  readonly times: number;
}

function foldIn(told: readonly Told[], entry: JournalEntry): Told[] {
  const before = told.at(-1);
  if (before === undefined || !saysTheSame(before.last, entry)) return [...told, { last: entry, times: 1 }];
  return [...told.slice(0, -1), { last: entry, times: before.times + 1 }];
}

function saysTheSame(a: JournalEntry, b: JournalEntry): boolean {
  return a.kind === 'write' && b.kind === 'write' && a.what === b.what && a.why === b.why && a.who === b.who;
}

function rowOf({ last, times }: Told): string[] {
  const { at, who, why } = last;
  const often = times === 1 ? '' : `, ${times} times`;
  const [what, how] =
    last.kind === 'write'
      ? [`  record ${last.version}`, `${last.what}${often}: ${why}`]
      : [last.step, `${last.outcome.replace('-', ' ')} after ${presentDuration(last.tookMs)}: ${why}`];
  return [at.slice(11, 19), who, what, how];
}

const fine = /: ok$/;

/** Checks that found nothing are only counted. */
function seenIn(entry: JournalEntry): string[] {
  if (entry.kind === 'write') return [];
  const found = entry.seen.filter(line => !fine.test(line));
  const ok = entry.seen.length - found.length;
  return [...(ok === 0 ? [] : [`${ok} of ${entry.seen.length} checks: ok`]), ...found].map(
    line => `    ${line}`,
  );
}

function dayOf({ at }: JournalEntry): string {
  return at.slice(0, 10);
}
