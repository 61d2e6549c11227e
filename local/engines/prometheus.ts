import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { runToEnd, startChild } from './child.ts';
import { installDebianRoot } from './debian.ts';
import { ofSomebodyElse, startInFirstWay } from './engine.ts';
import type { EngineSource, Machine, RunningEngine, Way } from './engine.ts';
import { takeEngineFolder } from './engine-folder.ts';
import { choosePorts } from './ports.ts';
import { findProgram } from './programs.ts';
import { untilReady } from './ready.ts';
import { isInRange } from './version-range.ts';

/** Which Prometheus to start, and what it scrapes. */
export interface PrometheusOptions {
  readonly machine: Machine;
  /** Holds its data, settings and log. */
  readonly folder: string;
  /** Chosen by the operating system if not given. */
  readonly port?: number | undefined;
  /** The file that lists what is scraped, as file-based service discovery reads it; it may change at any time. */
  readonly targetsFile: string;
  /** A Prometheus that runs already, instead of ours. It has to scrape what the file lists, once a second. */
  readonly url?: string | undefined;
}

const name = 'Prometheus';

/** From these on its query language has everything that `release/adapters/prometheus-metrics.ts` asks with. */
const known = { from: '2.45', below: '4' };

const readyDeadlineMs = 60_000;
const graceMs = 1_500;
const checkWithinMs = 2_000;

/**
 * Has a Prometheus running: the one given by URL, else one on PATH, else one from the registries. There is no way by
 * Docker: from a container it could not reach what listens on 127.0.0.1.
 * @throws ParityError `engine_missing`, `engine_failed`, `port_taken`, `already_running`
 */
export function startPrometheus(options: PrometheusOptions): Promise<RunningEngine> {
  return startInFirstWay(ways, options);
}

const ways: readonly Way<PrometheusOptions, RunningEngine>[] = [
  given,
  startedBy(onPath),
  startedBy(fromRegistries),
];

async function given({ url }: PrometheusOptions): Promise<RunningEngine | undefined> {
  if (url === undefined) return undefined;
  const { protocol, host, username, password } = URL.parse(url) ?? {};
  if (host === undefined || !/^https?:$/.test(protocol ?? '') || username !== '' || password !== '') {
    const message = `The URL given for ${name} is not an http: or https: URL without a user.`;
    throw new ParityError('invalid_configuration', message);
  }
  const version = await versionAt(url).catch((cause: unknown) => {
    throw new ParityError('engine_failed', `${name}, given as ${host}, does not answer.`, { cause });
  });
  return { ...ofSomebodyElse(name, url), version };
}

interface Program {
  readonly program: string;
  readonly version: string;
  readonly source: EngineSource;
}

async function onPath(machine: Machine): Promise<Program | undefined> {
  const program = await findProgram(machine, 'prometheus');
  if (program === undefined) return undefined;
  const { env } = machine;
  const text = await runToEnd({ name: 'prometheus --version', program, args: ['--version'], env, cwd: '/' });
  const version = /version (\d+\.\d+\.\d+)/.exec(text)?.[1] ?? '0';
  if (isInRange(version, known)) return { program, version, source: 'path' };
  machine.progress(
    `engines: ${program} is ${name} ${version}, not ${known.from} to ${known.below}: left alone`,
  );
  return undefined;
}

async function fromRegistries(machine: Machine): Promise<Program> {
  const { folder, versions } = await installDebianRoot(machine);
  const version = (versions['prometheus'] ?? '').split('+')[0] ?? '';
  return { program: join(folder, 'usr/bin/prometheus'), version, source: 'registries' };
}

function startedBy(
  find: (machine: Machine) => Promise<Program | undefined>,
): Way<PrometheusOptions, RunningEngine> {
  return async options => {
    const found = await find(options.machine);
    return found && start(found, options);
  };
}

async function start(
  { program, version, source }: Program,
  { machine, port, targetsFile, folder: given }: PrometheusOptions,
): Promise<RunningEngine> {
  const folder = await takeEngineFolder(name, given);
  const { http } = await choosePorts(name, ['http'] as const, { http: port });
  await writeFile(join(folder, 'prometheus.yml'), settings(targetsFile), { mode: 0o600 });
  const url = `http://127.0.0.1:${http}/`;
  const child = await startChild(machine, {
    name,
    program,
    args: [...flags, `--web.listen-address=127.0.0.1:${http}`],
    // A laptop has two cores for everything, and some hundred series need little of them.
    env: { PATH: machine.env['PATH'], GOMAXPROCS: '1', GOMEMLIMIT: '128MiB' },
    cwd: folder,
    logFile: join(folder, 'prometheus.log'),
    stopSignal: 'SIGTERM',
    graceMs,
  });
  const check = async () => {
    const answer = await fetch(`${url}-/ready`, { signal: AbortSignal.timeout(checkWithinMs) });
    await answer.body?.cancel();
    return answer.ok ? true : undefined;
  };
  await untilReady(child, { name, check, deadlineMs: readyDeadlineMs });
  const { pid, exited, stop, kill } = child;
  return { name, url, version, source, pid, exited, stop, kill };
}

/** What is kept is bounded twice; a release on a laptop is judged within minutes. */
const flags = [
  ...['--config.file=prometheus.yml', '--storage.tsdb.path=data'],
  ...['--storage.tsdb.retention.time=6h', '--storage.tsdb.retention.size=256MB'],
  '--log.level=warn',
];

/** JSON is YAML. Every process says itself which cluster and release it is of. */
function settings(targetsFile: string): string {
  const scrape = {
    job_name: 'parity',
    honor_labels: true,
    file_sd_configs: [{ files: [targetsFile], refresh_interval: '1s' }],
  };
  return JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [scrape],
  });
}

async function versionAt(url: string): Promise<string> {
  const answer = await fetch(new URL('api/v1/status/buildinfo', url), {
    signal: AbortSignal.timeout(checkWithinMs),
  });
  const { data } = (await answer.json()) as { data: { version: string } };
  return data.version;
}
