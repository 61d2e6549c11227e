import { perParity } from '../domain/parity.ts';
import { prometheusMetrics } from '../release/adapters/prometheus-metrics.ts';
import { askKeeper } from '../release/keeper/ask-keeper.ts';
import type { ChecksPort, Clock, Random, ReleaseWorld } from '../release/ports.ts';
import type { Control } from './control/control-client.ts';
import { dnsFile } from './dns/dns-file.ts';
import { releaseStore } from './record/release-store.ts';
import { laptopCluster } from './releases/laptop-cluster.ts';
import type { StatePaths } from './state/state-paths.ts';

/** Whose releases are shipped, and by what. */
export interface ReleaseWorldOptions {
  readonly paths: StatePaths;
  /** The way to the running pair (`controlOf`). */
  readonly control: Control;
  readonly checks: ChecksPort;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The running pair on this machine, as `ship` and everything else of `release/` works on it: what is written lies in the
 * state folder, what runs is asked for over the control socket. Keepers and Prometheus stay where they are for as long
 * as the pair runs. @throws ParityError `not_running`
 */
export async function openReleaseWorld(options: ReleaseWorldOptions): Promise<ReleaseWorld> {
  const { paths, control, checks, clock, random } = options;
  const { clusters, prometheus } = await control.status();
  return {
    ...releaseStore(options),
    clusters: perParity(parity => laptopCluster(parity, control, askKeeper(clusters[parity].keeper.url))),
    dns: dnsFile(paths.dns),
    metrics: prometheusMetrics({ url: prometheus.url, clock }),
    checks,
    clock,
    random,
  };
}
