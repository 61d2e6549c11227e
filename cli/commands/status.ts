import type { Command } from 'commander';
import { serviceNames } from '../../domain/catalogue.ts';
import { parities } from '../../domain/parity.ts';
import type { EngineStatus, PairStatus, ServiceProcessStatus } from '../../local/control/control-api.ts';
import { controlOf } from '../../local/control/control-client.ts';
import type { WorkloadStatus } from '../../local/supervisor/workload.ts';
import type { Cli } from '../cli.ts';

/** `parity status` */
export function addStatus(program: Command, { paths, show }: Cli): void {
  program
    .command('status')
    .description('how the pair on this machine is')
    .action(async () => {
      const status = await controlOf(paths).status();
      show({ text: presentStatus(status), json: status });
    });
}

/** The status for people. */
export function presentStatus(status: PairStatus): string {
  const rows = parities.map(parity => {
    const { role, healthy, ready, peer, services, gateway, keeper, broker, url } = status.clusters[parity];
    const places = `${ready ? 'ready' : 'not ready'}, ${peer ? 'sees its peer' : 'does not see its peer'}`;
    const health = `${healthy ? 'healthy' : 'unhealthy'}, ${places}`;
    const parts = [
      ...services.map(serviceProcess),
      `gateway ${workload(gateway)}`,
      `keeper ${workload(keeper)}`,
      `broker ${workload(broker)}`,
    ];
    return [parity, role, health, ...parts, url];
  });
  return [
    ...columns(rows),
    '',
    `release     ${status.release} is live (record ${status.recordVersion})`,
    `front door  ${status.url}`,
    `phones      ${status.phonesUrl}`,
    `gateways    Envoy ${engine(status.clusters.odd.gateway)}, by record ${parities.map(parity => status.clusters[parity].gateway.record).join(' and ')}`,
    `brokers     ${parities.map(parity => engine(status.clusters[parity].broker)).join(', ')}`,
    `database    ${workload(status.database)}: ${engine(status.database)}`,
    `figures     ${workload(status.prometheus)}: Prometheus ${engine(status.prometheus)} at ${status.prometheus.url}`,
    `state       ${status.state} (process ${status.pid}, since ${status.startedAt})`,
  ].join('\n');
}

function serviceProcess({ services, release, ...rest }: ServiceProcessStatus): string {
  const which = services.length === serviceNames.length ? 'services' : services.join('+');
  return `${which} ${release} ${workload(rest)}`;
}

function workload({ state, restarts }: WorkloadStatus): string {
  return restarts === 0 ? state : `${state} (restarts: ${restarts})`;
}

function engine({ version, source }: EngineStatus): string {
  return version === undefined ? 'not started yet' : `${version} (${source})`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map(row => row[column]?.length ?? 0));
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  );
}
