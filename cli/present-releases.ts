import { parities } from '../domain/parity.ts';
import { isBaking } from '../domain/record-laws.ts';
import { inColumns } from '../release/present/columns.ts';
import { presentDuration } from '../release/present/duration.ts';
import { presentThreshold } from '../release/present/progress.ts';
import type { ReleaseHere, ReleaseView } from './look-at-releases.ts';

/** What is shipped and how far, where each release runs, its queues, and what each keeper saw last. */
export function presentReleases(view: ReleaseView, nowMs: number): string[] {
  const { releases, keepers, record } = view;
  const rows = parities.map(parity => {
    const report = keepers[parity];
    const keeper =
      report === undefined
        ? 'keeper does not answer'
        : `by record ${report.recordVersion}${report.readBack ? '' : ', not read back'}`;
    return [parity, releases[parity].map(here => presentHere(view, here)).join('; '), keeper];
  });
  const verdicts = parities.flatMap(parity => {
    const judgement = keepers[parity]?.judgement;
    return judgement === undefined ? [] : [`verdict     ${parity}: ${judgement.verdict}: ${judgement.why}`];
  });
  return [
    `shipping    ${presentShipping(view, nowMs)}`,
    ...inColumns(rows).map((row, at) => `${at === 0 ? 'releases' : ''}`.padEnd(12) + row),
    ...verdicts,
    `record      ${record.version}: ${presentLastWrite(view)}`,
  ];
}

function presentShipping({ record, operator }: ReleaseView, nowMs: number): string {
  const { candidate, live, step, threshold, cohorts, judgedUntil } = record;
  const release = candidate ?? (isBaking(record) ? live.release : undefined);
  const by =
    operator === undefined ? 'nobody is at it' : `${operator.who} since ${operator.since.slice(11, 19)}`;
  if (release === undefined) return operator === undefined ? 'nothing' : `nothing; locked by ${by}`;
  const where = step ?? 'taken back';
  const users = isBaking(record) ? 'everybody' : presentThreshold(threshold);
  const named = cohorts.length === 0 ? '' : ` and ${cohorts.join(', ')}`;
  const left =
    judgedUntil === undefined
      ? ''
      : `, judged for ${presentDuration(Math.max(0, Date.parse(judgedUntil) - nowMs))}`;
  return `${release} at ${where}: ${users}${named} on it${left}; ${by}`;
}

function presentHere({ record }: ReleaseView, { release, role, runs, backlog }: ReleaseHere): string {
  const name = release === record.previous ? 'previous' : (role ?? 'unknown');
  const where = runs ? '' : ' (not here)';
  return `${release} ${name}${where}, ${presentQueue(role, backlog)}`;
}

/** While more may still come in, a cluster says one at least: only of what leaves is it the exact number. */
function presentQueue(role: ReleaseHere['role'], backlog: number | undefined): string {
  if (backlog === undefined) return 'queues unknown';
  return backlog <= 1 && role !== 'retiring' ? 'queues empty' : `${backlog} queued`;
}

function presentLastWrite({ record }: ReleaseView): string {
  const [last] = record.writes;
  return last === undefined ? 'never written' : `${last.who}, ${last.what}: ${last.why}`;
}
