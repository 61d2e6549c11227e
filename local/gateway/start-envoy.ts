import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { startChild, type Child } from '../engines/child.ts';
import { takeEngineFolder } from '../engines/engine-folder.ts';
import type { Machine } from '../engines/engine.ts';
import type { Envoy } from '../engines/install-envoy.ts';
import { untilReady } from '../engines/ready.ts';
import type { Life } from '../supervisor/workload.ts';
import { adminInterface, type AdminInterface } from './admin-interface.ts';
import { keepLogSmall } from './keep-log-small.ts';
import { accessLogFile } from './render-gateway.ts';

const readyDeadlineMs = 15_000;

/**
 * Between "no new connections" and the end of the requests that are there, when a gateway is stopped. That is when the
 * pair is, for which somebody waits at a terminal; whoever needs longer sends his document again.
 */
const drainWithinMs = 10_000;
const pollMs = 20;

/** What an Envoy is started with. */
export interface EnvoyOptions {
  readonly name: string;
  readonly envoy: Envoy;
  readonly machine: Machine;
  /** Holds `bootstrap.json` and everything else. */
  readonly folder: string;
  readonly clock: Clock;
}

/** A running Envoy. */
export interface RunningEnvoy extends Life {
  readonly admin: AdminInterface;
}

/** Starts Envoy in its folder. @throws ParityError `already_running`, `engine_failed` with its last words */
export async function startEnvoy(options: EnvoyOptions): Promise<RunningEnvoy> {
  const { name, envoy, machine, clock } = options;
  const folder = await takeEngineFolder(name, options.folder);
  await rename(join(folder, accessLogFile), join(folder, `${accessLogFile}.1`)).catch(() => {});
  const child = await startChild(machine, {
    name,
    program: envoy.program,
    args: [...['--config-path', 'bootstrap.json'], ...flags],
    env: {},
    cwd: folder,
    logFile: join(folder, 'envoy.log'),
    stopSignal: 'SIGTERM',
    graceMs: 1_000,
  });
  const admin = adminInterface(folder);
  const check = async () => ((await admin.isLive()) ? true : undefined);
  await untilReady(child, { name, check, deadlineMs: readyDeadlineMs });
  await demandListeners(child, { name, admin });
  const ended = new AbortController();
  void child.exited.then(() => ended.abort());
  void keepLogSmall({ folder, admin, clock }, ended.signal);
  const stop = async () => {
    await drain(admin, clock).catch(() => {});
    await child.stop();
  };
  return { pid: child.pid, exited: child.exited, stop, kill: () => child.kill(), admin };
}

/**
 * Envoy says that it is ready without the listeners that it could not bind, and never tries them again. That is no
 * gateway: it is started anew, and by then the port may be free.
 * @throws ParityError `engine_failed` with its last words, which name the port
 */
async function demandListeners(
  child: Child,
  { name, admin }: { readonly name: string; readonly admin: AdminInterface },
): Promise<void> {
  const taken = 'listener_manager.lds.update_success';
  const counted = await admin.statistics(`^${taken}$`, 'numbers').catch(() => new Map<string, string>());
  if (Number(counted.get(taken)) > 0) return;
  await child.kill();
  throw new ParityError(
    'engine_failed',
    `${name} cannot listen. Its last words:\n${await child.lastWords()}`,
  );
}

/**
 * One worker: a laptop has two of them, and one forwards 20,000 requests a second. What is logged is there soon, for a
 * release is judged by it.
 */
const flags = [
  ...['--disable-hot-restart', '--reject-unknown-dynamic-fields', '--concurrency', '1'],
  ...['--file-flush-interval-msec', '200', '--drain-time-s', '5'],
  // What is logged of a request names its path, and a link's path is its key.
  ...['--log-level', 'warning', '--component-log-level', 'http:critical'],
];

/** Envoy itself does not drain at SIGTERM. Requests that came in by the peer's gateway are somebody's, too. */
async function drain(admin: AdminInterface, clock: Clock): Promise<void> {
  const active = '^http\\.(ingress|peer)\\.downstream_rq_active$';
  await admin.drainListeners();
  const deadline = clock.monotonic() + drainWithinMs;
  while (clock.monotonic() < deadline) {
    const counts = [...(await admin.statistics(active, 'numbers')).values()];
    if (counts.every(count => count === '0')) return;
    await clock.delay(pollMs);
  }
}
