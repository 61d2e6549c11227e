import type { Command } from 'commander';
import { serviceNames } from '../../domain/catalogue.ts';
import { isParityError } from '../../domain/errors.ts';
import { parities } from '../../domain/parity.ts';
import type { EngineStatus, PairStatus, ServiceProcessStatus } from '../../local/control/control-api.ts';
import { controlOf } from '../../local/control/control-client.ts';
import type { WorkloadStatus } from '../../local/supervisor/workload.ts';
import type { Cli } from '../cli.ts';
import { lookAtReleases } from '../look-at-releases.ts';
import { presentReleases } from '../present-releases.ts';

const watchEveryMs = 1_000;

const examples = `
Examples:
  $ ./parity status --watch            while a release is shipped
  $ ./parity status --json             for programs`;

/** `parity status` */
export function addStatus(program: Command, cli: Cli): void {
  program
    .command('status')
    .description(
      'both clusters, their roles and releases, the threshold, queues and last verdicts, on one screen',
    )
    .option('--watch', 'again every second, until Ctrl-C; without a screen only when something has changed')
    .addHelpText('after', examples)
    .action(async ({ watch }: { watch?: true }) => {
      if (watch === true) await watchStatus(cli);
      else cli.show(await look(cli));
    });
}

async function look(cli: Cli): Promise<{ text: string; json: unknown }> {
  const status = await controlOf(cli.paths).status();
  const { world } = await cli.openReleases();
  const view = await lookAtReleases(world);
  const text = [presentStatus(status), '', ...presentReleases(view, world.clock.now())].join('\n');
  return { text, json: { ...status, ...view } };
}

async function watchStatus(cli: Cli): Promise<void> {
  const leaving = new AbortController();
  const forget = cli.onInterrupt(() => leaving.abort());
  let shown = '';
  while (!leaving.signal.aborted) {
    const now = await look(cli).catch((error: unknown) => {
      if (!isParityError(error)) throw error;
      return { text: error.message, json: { error: { code: error.code, message: error.message } } };
    });
    if (cli.terminal.isScreen && !cli.json()) cli.terminal.replace(now.text.split('\n'));
    else if (now.text !== shown) cli.show(now);
    shown = now.text;
    await Promise.race([cli.clock.delay(watchEveryMs), untilAborted(leaving.signal)]);
  }
  forget();
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
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
