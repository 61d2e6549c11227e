import { join } from 'node:path';
import { probes, type ServiceName } from '../../domain/catalogue.ts';
import { ParityError } from '../../domain/errors.ts';
import type { Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { choosePorts } from '../engines/ports.ts';
import type { PreparedRelease } from '../releases/release-registry.ts';
import { openLogFile } from '../supervisor/log-file.ts';
import { moduleCacheOf } from '../supervisor/module-cache.ts';
import { startProcess } from '../supervisor/start-process.ts';
import { supervise, type Workload, type WorkloadStatus } from '../supervisor/workload.ts';

/** Long enough for a document under way; a laptop's owner who presses Ctrl-C does not wait longer. */
const graceMs = 10_000;

/**
 * Probes, scrapes and the keeper's questions make rubbish all day: with Node's own nursery of 16 MiB a process that has
 * nothing to do grew from 150 to 235 MB before it was cleared.
 */
const flags = ['--max-semi-space-size=4'];

const readyWithinMs = 60_000;
const pollMs = 50;

/** What a process of services is told: which it runs, and where it listens. */
export interface ProcessPlace {
  readonly services: readonly ServiceName[];
  readonly port: number;
}

/** What a release needs in order to run in a cluster. */
export interface LaunchOptions {
  readonly cluster: Parity;
  readonly prepared: PreparedRelease;
  /** Services that run in a process of their own; the others share one. */
  readonly split: readonly ServiceName[];
  /** The whole environment of a process. */
  readonly environment: (place: ProcessPlace) => Record<string, string>;
  readonly log: string;
  readonly setpriv: string | undefined;
  readonly clock: Clock;
  readonly onChange: (status: WorkloadStatus) => void;
}

/** A process of services that is kept running. */
export interface ServiceProcess extends ProcessPlace {
  readonly workload: Workload;
}

/** A release in a cluster: its processes, and where each of its services listens. */
export interface LaunchedRelease {
  readonly cluster: Parity;
  readonly release: Release;
  readonly ports: Readonly<Partial<Record<ServiceName, number>>>;
  readonly processes: readonly ServiceProcess[];
}

/** Starts a release in a cluster. Its ports are its own as long as it runs, whatever its processes go through. */
export async function launchRelease(options: LaunchOptions): Promise<LaunchedRelease> {
  const { cluster, prepared, split } = options;
  const { services } = prepared.contract;
  const alone = services.filter(name => split.includes(name));
  const together = services.filter(name => !split.includes(name));
  const groups = [...alone.map(name => [name]), together].filter(group => group.length > 0);
  const names = groups.map(group => group.join('+'));
  const chosen = await choosePorts(`services of ${cluster}`, names);
  const places = groups.map((services, index) => ({ services, port: chosen[names[index] ?? ''] ?? 0 }));
  const log = openLogFile(options.log);
  const processes = places.map(place => ({ ...place, workload: launch(place, { ...options, log }) }));
  const portOf = (name: ServiceName) => [name, places.find(place => place.services.includes(name))?.port];
  const ports = Object.fromEntries(services.map(portOf)) as LaunchedRelease['ports'];
  return { cluster, release: prepared.release, ports, processes };
}

function launch(
  place: ProcessPlace,
  {
    cluster,
    prepared: { release, node, folder },
    environment,
    log,
    setpriv,
    clock,
    onChange,
  }: Omit<LaunchOptions, 'log'> & { log: ReturnType<typeof openLogFile> },
): Workload {
  const start = () =>
    startProcess({
      name: `${place.services.join(', ')} of ${cluster} (${release})`,
      program: node,
      args: [...flags, join(folder, 'services', 'main.ts')],
      env: { ...environment(place), NODE_COMPILE_CACHE: moduleCacheOf(folder) },
      cwd: folder,
      log,
      setpriv,
      graceMs,
      clock,
    });
  return supervise({ start, clock, onChange });
}

/**
 * Resolves when every process of a release is ready; rejects with the reason of `stop`.
 * @throws ParityError `service_failed` that names the log to look into.
 */
export async function untilReleaseReady(
  { cluster, release, processes }: LaunchedRelease,
  { log, clock, stop }: { log: string; clock: Clock; stop: AbortSignal },
): Promise<void> {
  const deadline = clock.monotonic() + readyWithinMs;
  for (const { port } of processes) {
    while (!(await isReady(port))) {
      if (clock.monotonic() > deadline) {
        const message = `The services of ${cluster} (release ${release}) do not become ready: see ${log}.`;
        throw new ParityError('service_failed', message);
      }
      await clock.delay(pollMs, stop);
    }
  }
}

/** True when a process says that all of its services are ready. */
export async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${probes.readiness}`, {
      signal: AbortSignal.timeout(1_000),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
