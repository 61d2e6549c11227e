import type { ReleaseRecord } from '../../domain/record.ts';
import type { Release } from '../../domain/release.ts';
import type { JournalEntry } from '../store/journal-entry.ts';
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
  if (entries.length === 0) return `Nothing is told of release ${release}.`;
  return entries.flatMap(presentEntry).join('\n');
}

function presentEntry(entry: JournalEntry): string[] {
  const { at, who, why } = entry;
  if (entry.kind === 'write') return [`${at}  ${who}  record ${entry.version}: ${entry.what}: ${why}`];
  const { step, outcome, tookMs, seen } = entry;
  return [
    `${at}  ${who}  ${step} ${outcome} after ${presentDuration(tookMs)}: ${why}`,
    ...seen.map(line => `    ${line}`),
  ];
}
