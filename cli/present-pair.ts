import { serviceNames } from '../domain/catalogue.ts';
import { settledWeights, type DnsWeights } from '../domain/dns-weights.ts';
import { parities, type Parity } from '../domain/parity.ts';
import { isBaking, namedReleases } from '../domain/record-laws.ts';
import { roleOf } from '../domain/release-role.ts';
import type { Release } from '../domain/release.ts';
import type { EngineStatus, PairLook } from '../local/control/control-api.ts';
import type { WorkloadStatus } from '../local/supervisor/workload.ts';
import { isSame } from '../release/follow-dns.ts';
import { inColumns } from '../release/present/columns.ts';
import { presentJudgement } from '../release/present/progress.ts';
import { presentShipping } from './present-shipping.ts';

/**
 * The pair on one screen: what is shipped and how far, both clusters side by side, what keepers saw last, and what both
 * share.
 */
export function presentPair(look: PairLook, nowMs: number): string {
  return [
    ...presentShipping(look, nowMs),
    '',
    ...inColumns(clusterRows(look)),
    ...verdicts(look),
    '',
    ...inColumns(sharedRows(look)),
  ].join('\n');
}

function clusterRows(look: PairLook): string[][] {
  const { status, record } = look;
  const row = (name: string, cell: (parity: Parity) => string) => [name, ...parities.map(cell)];
  return [
    row('', parity => `${parity}, ${status.clusters[parity].role}`),
    row('health', parity => health(look, parity)),
    ...namedReleases(record).map(release =>
      row(`release ${release}`, parity => presentRelease(look, release, parity)),
    ),
    row('gateway', parity => gateway(look, parity)),
    row('keeper', parity => keeper(look, parity)),
    row('broker', parity => workload(status.clusters[parity].broker)),
    row('address', parity => status.clusters[parity].url),
  ];
}

/** One word while all is well, and whatever is not. */
function health({ status }: PairLook, parity: Parity): string {
  const { healthy, ready, peer } = status.clusters[parity];
  const faults = [
    ...(healthy ? [] : ['unhealthy']),
    ...(ready ? [] : ['not ready']),
    ...(peer ? [] : ['does not see its peer']),
  ];
  return faults.length === 0 ? 'healthy' : faults.join(', ');
}

function presentRelease({ status, record, releases }: PairLook, release: Release, parity: Parity): string {
  const processes = status.clusters[parity].services.filter(process => process.release === release);
  const queued = releases[parity].queued[release];
  if (processes.length === 0 && !queued) return '–';
  const runs = processes.map(({ services, ...rest }) =>
    services.length === serviceNames.length ? workload(rest) : `${services.join('+')} ${workload(rest)}`,
  );
  const queues = queued === undefined ? 'queues unknown' : queued === 0 ? 'queues empty' : `${queued} queued`;
  const role = roleHere(record, release, parity);
  return [role, ...(runs.length === 0 ? ['does not run'] : runs), queues].join(', ');
}

function roleHere(record: PairLook['record'], release: Release, parity: Parity): string {
  if (release === record.previous) return 'previous';
  const role = roleOf(record, release) ?? 'unknown';
  return role === 'live' && parity !== record.live.parity && !isBaking(record) ? 'cover' : role;
}

function gateway({ status }: PairLook, parity: Parity): string {
  const { record, ...rest } = status.clusters[parity].gateway;
  return rest.state === 'running' ? `${workload(rest)}, by record ${record}` : workload(rest);
}

function keeper({ status, releases }: PairLook, parity: Parity): string {
  const runs = workload(status.clusters[parity].keeper);
  const report = releases[parity].keeper;
  if (status.clusters[parity].keeper.state !== 'running') return runs;
  if (report === undefined) return `${runs}, does not answer`;
  return `${runs}, by record ${report.recordVersion}${report.readBack ? '' : ', not read back'}`;
}

/** Both judge by the same figures: told once where they say the same. */
function verdicts({ releases }: PairLook): string[] {
  const seen = parities.flatMap(parity => {
    const judgement = releases[parity].keeper?.judgement;
    return judgement === undefined ? [] : [{ parity, judgement }];
  });
  const [first, second] = seen;
  if (first === undefined) return [];
  const same = seen.length === parities.length && first.judgement.why === second?.judgement.why;
  const tables = (same ? [first] : seen).flatMap(({ parity, judgement }) => [
    '',
    `the ${same ? 'keepers see' : `keeper of ${parity} sees`}`,
    ...presentJudgement(judgement).map(line => `  ${line}`),
  ]);
  return tables;
}

/** Told only while it is not where the record has it in the end. */
function dnsRows({ record, dns }: PairLook): string[][] {
  if (dns === undefined) return [['dns', 'does not answer']];
  const settled = settledWeights(record);
  if (isSame(dns, settled)) return [];
  const named = (weights: DnsWeights) => parities.map(parity => `${parity} ${weights[parity]}`).join(', ');
  return [
    ['dns', `${named(dns)}; it becomes ${named(settled)}, by whoever ships, resumes or rolls back next`],
  ];
}

function sharedRows(look: PairLook): string[][] {
  const { status, record } = look;
  const { clusters, database, prometheus } = status;
  const [{ gateway: envoy, broker }] = parities.map(parity => clusters[parity]) as [typeof clusters.odd];
  const [last] = record.writes;
  const written = last === undefined ? 'never written' : `${last.who}, ${last.what}: ${last.why}`;
  return [
    ['front door', status.url],
    ...dnsRows(look),
    ['phones', status.phonesUrl],
    ['database', `${workload(database)}: ${engine(database)}`],
    ['figures', `${workload(prometheus)}: Prometheus ${engine(prometheus)} at ${prometheus.url}`],
    ['engines', `Envoy ${engine(envoy)}, RabbitMQ ${engine(broker)}`],
    ['record', `${record.version}: ${written}`],
    ['state', `${status.state} (process ${status.pid}, since ${toTheSecond(status.startedAt)})`],
  ];
}

function workload({ state, restarts }: WorkloadStatus): string {
  return restarts === 0 ? state : `${state} (restarts: ${restarts})`;
}

function engine({ version, source }: EngineStatus): string {
  return version === undefined ? 'not started yet' : `${version} (${source})`;
}

function toTheSecond(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}
