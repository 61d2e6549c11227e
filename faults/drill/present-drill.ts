import { dnsFailover } from '../../domain/dns-failover.ts';
import { inColumns } from '../../release/present/columns.ts';
import { presentDuration } from '../../release/present/duration.ts';
import type { DrillReport } from './run-drill.ts';

/** True when the drill showed what is promised: nothing lost, nothing twice, and the pair is as it was. */
export function isPassed({ tally, noticed, asBeforeAfterMs }: DrillReport): boolean {
  const isWhole = tally.lost === 0 && tally.duplicated === 0;
  const isNoticed = noticed === undefined || noticed.afterMs !== undefined;
  return isWhole && isNoticed && asBeforeAfterMs !== undefined;
}

/** The report for programs. What was not in time is null: JSON would leave it out. */
export function drillJson(report: DrillReport) {
  const { noticed, asBeforeAfterMs } = report;
  return {
    ...report,
    passed: isPassed(report),
    noticed: noticed && { afterMs: noticed.afterMs ?? null },
    asBeforeAfterMs: asBeforeAfterMs ?? null,
  };
}

/** The report for people. */
export function presentDrill(report: DrillReport): string[] {
  const { says, outage, tally, asBeforeAfterMs, noticed } = report;
  const { attempt, acknowledged, ok, lost, duplicated } = tally;
  const time = (ms: number | undefined) => (ms === undefined ? 'NOT in time' : presentDuration(ms));
  const rows = [
    ...(noticed === undefined ? [] : [['noticed after', time(noticed.afterMs)]]),
    [
      'requests that drivers had to send again',
      outage.failedTries === 0
        ? 'none'
        : `${outage.failedTries}, the last one ended after ${time(outage.overAfterMs)}`,
    ],
    [
      'longest wait of a paper for its 202',
      `${time(outage.longestMs)}, ${outage.mostTries} ${outage.mostTries === 1 ? 'request' : 'requests'} at most`,
    ],
    ['as before, once undone, after', time(asBeforeAfterMs)],
    [
      'papers',
      Object.entries({ attempt, acknowledged, ok, lost, duplicated })
        .map(each => each.join(' '))
        .join(', '),
    ],
    ['with Route 53', report.movesDns ? presentRoute53(outage.overAfterMs) : 'DNS does not move for it'],
  ];
  return [
    `${says}: ${isPassed(report) ? 'passed' : 'NOT PASSED'}`,
    ...inColumns(rows).map(row => `  ${row}`),
    ...tally.examples.slice(0, 5).map(each => `  NOT OK: ${each}`),
  ];
}

/** What Route 53 would make of a fault that moves DNS, and that was over after so long here. */
export function presentRoute53(overAfterMs: number): string {
  const { intervalS, failures, ttlS, noticedAfterS, worstS } = dnsFailover;
  return (
    `noticed after ${presentDuration(noticedAfterS * 1000)} (${intervalS} s × ${failures}); a client with an old answer ` +
    `follows up to ${ttlS} s later (TTL): ${presentDuration(worstS * 1000)} at worst instead of ${presentDuration(overAfterMs)}`
  );
}
