import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { probes } from '../../domain/catalogue.ts';
import { parities } from '../../domain/parity.ts';
import { restartsName } from '../../release/keeper/figure-names.ts';
import type { PairServices } from './pair-services.ts';

/** The pair process's own figures, for Prometheus. */
export interface RestartMetrics {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves how often processes of each release ended that nobody had asked to, as their supervisor counts it. */
export async function openRestartMetrics(services: Pick<PairServices, 'of'>): Promise<RestartMetrics> {
  const server = createServer((request, response) => {
    if (request.url !== probes.metrics) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(restartsText(services));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** A series for each release that runs in a cluster, from the start. */
function restartsText(services: Pick<PairServices, 'of'>): string {
  const series = parities.flatMap(cluster =>
    services.of(cluster).map(({ release, processes }) => {
      const restarts = processes.reduce((sum, { workload }) => sum + workload.status().restarts, 0);
      return `${restartsName}{cluster="${cluster}",release="${release}"} ${restarts}`;
    }),
  );
  const heading = [
    `# HELP ${restartsName} Processes of services that ended without being asked to.`,
    `# TYPE ${restartsName} counter`,
  ];
  return [...heading, ...series, ''].join('\n');
}
