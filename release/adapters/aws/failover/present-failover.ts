import { ago } from '../preflight/look.ts';
import type { RegionalFailoverOptions, RegionalFailoverPlan } from './regional-failover.ts';

/** What a failover would do, and what is lost by it, for people. */
export function presentFailover(
  { regions, globalCluster, planned, clock }: RegionalFailoverOptions,
  plan: RegionalFailoverPlan,
): string {
  const { first, replica: second } = regions;
  const lines = [
    `From ${first} to ${second}:`,
    `  vault  ${vaultLine(plan, second)}`,
    `  rows   ${rowsLine(plan, { globalCluster, second })}`,
    'Lost by it:',
    ...lostLines(plan, clock.now()).map(line => `  ${line}`),
  ];
  if (plan.firstRegionAnswers && !planned)
    lines.push(
      `${first} still answers. If nothing is broken there: stop writing, then --planned loses no row.`,
    );
  if (!plan.firstRegionAnswers && planned)
    lines.push(`${first} does not answer: a switchover waits for it. Without --planned it is given up.`);
  return lines.join('\n');
}

function vaultLine({ replica, firstRegionAnswers }: RegionalFailoverPlan, second: string): string {
  if (replica === undefined)
    return `nothing is replicated to ${second} (any more): it has been promoted, or never was`;
  const sides = firstRegionAnswers ? 'on both sides' : `in ${second} alone`;
  return `end the replication of ${replica.sourceId} ${sides}: ${replica.replicaId} becomes writable, for good`;
}

function rowsLine(
  { follower, move }: RegionalFailoverPlan,
  { globalCluster, second }: { globalCluster: string | undefined; second: string },
): string {
  if (globalCluster === undefined) return 'Atlas elects a primary by itself: nothing to do here';
  if (follower === undefined) return `${globalCluster} is written to in ${second} already`;
  return `${move} of ${globalCluster} to ${follower.arn}`;
}

/** Says it the way the driver would ask: which papers. */
function lostLines({ replica, follower, move }: RegionalFailoverPlan, nowMs: number): string[] {
  const lines: string[] = [];
  const lastSyncMs = replica?.lastSyncMs ?? 0;
  const lastSync = new Date(lastSyncMs).toISOString();
  if (replica !== undefined) {
    const late = `vault files written after ${lastSync} (${ago(lastSyncMs, nowMs)}) that had not arrived`;
    lines.push(lastSyncMs === 0 ? 'every vault file: nothing has arrived there yet' : late);
  }
  if (follower !== undefined)
    lines.push(
      move === 'failover'
        ? 'rows of the last seconds that had not arrived'
        : 'no row: a switchover waits for them',
    );
  lines.push('what was accepted and not stored: the spool is not replicated');
  lines.push('Phones keep each paper until they are told it is stored, and send it again with the same key.');
  if (replica !== undefined)
    lines.push(`Which papers: ./parity reconcile --since ${lastSync}, once they are served there.`);
  return lines;
}
