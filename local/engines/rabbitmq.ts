import { chmod, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { ofSomebodyElse, startInFirstWay } from './engine.ts';
import type { Machine, RunningEngine, Way } from './engine.ts';
import { takeEngineFolder } from './engine-folder.ts';
import { keptSecret } from './kept-secret.ts';
import { refuseLeftFolder, unlessMadeByOthers, type Makers } from './made-by.ts';
import { choosePorts } from './ports.ts';
import type { GivenPorts } from './ports.ts';
import { rabbitMqVersion } from './rabbitmq-greeting.ts';
import { brokerInDocker } from './rabbitmq-container.ts';
import type { BrokerHost } from './rabbitmq-host.ts';
import { brokerFromRegistries, brokerOnPath } from './rabbitmq-programs.ts';
import { brokerPorts, enabledPlugins, rabbitmqConf } from './rabbitmq-settings.ts';
import type { BrokerPorts, BrokerSettings } from './rabbitmq-settings.ts';
import { untilReady } from './ready.ts';

/** Which broker to start, and where. */
export interface RabbitMqOptions {
  readonly machine: Machine;
  /** `odd` or `even`; lower-case letters and digits. It stays with the folder. */
  readonly name: string;
  /** Holds everything that the broker keeps. */
  readonly folder: string;
  /** Ports to use; those not given are chosen by the operating system. */
  readonly ports?: GivenPorts<keyof BrokerPorts>;
  /** A broker that runs already (`amqp:` or `amqps:`), instead of any of ours. */
  readonly url?: string;
  /** The management API of the broker given by `url`. */
  readonly managementUrl?: string;
}

/** A broker that answers. */
export interface RunningBroker extends RunningEngine {
  /** Its management API, credentials included; undefined when it was given by URL without one. */
  readonly managementUrl: string | undefined;
  /** Give them to `startRabbitMq` again and clients find the broker where it was; undefined when given by URL. */
  readonly ports: BrokerPorts | undefined;
}

const user = 'parity';
/** Two seconds on an idle laptop; a minute was seen on one that was ten times overloaded. */
const readyDeadlineMs = 120_000;
const graceMs = 1_500;

/**
 * Has a RabbitMQ running: the one given by URL, else one on PATH, else one in a container, else one from the
 * registries. Its data survives stop, kill and restart.
 *
 * @throws ParityError `engine_missing`, `engine_failed`, `port_taken`, `already_running`, `invalid_configuration`
 */
export function startRabbitMq(options: RabbitMqOptions): Promise<RunningBroker> {
  return startInFirstWay(ways, options);
}

const makers = {
  data: 'a RabbitMQ of this machine',
  container: 'a Docker engine',
} as const satisfies Makers;

const ways: readonly Way<RabbitMqOptions, RunningBroker>[] = [
  given,
  unlessMadeByOthers(makers, 'data', startedBy(brokerOnPath)),
  unlessMadeByOthers(makers, 'container', startedBy(brokerInDocker)),
  unlessMadeByOthers(makers, 'data', startedBy(brokerFromRegistries)),
  refuseLeftFolder('The broker', makers),
];

async function given({ name, url, managementUrl }: RabbitMqOptions): Promise<RunningBroker | undefined> {
  if (url === undefined) return undefined;
  const { protocol = '', hostname } = URL.parse(url) ?? {};
  if (!/^amqps?:$/.test(protocol) || hostname === '') {
    throw new ParityError(
      'invalid_configuration',
      `The URL given for RabbitMQ ${name} is not an amqp: or amqps: URL.`,
    );
  }
  const parsed = new URL(url);
  try {
    const version = await rabbitMqVersion(parsed);
    return { ...ofSomebodyElse(`RabbitMQ ${name}`, url), version, managementUrl, ports: undefined };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ParityError(
      'engine_failed',
      `RabbitMQ ${name}, given as ${parsed.host}, does not answer: ${why}.`,
      { cause },
    );
  }
}

function startedBy(
  find: (machine: Machine) => Promise<BrokerHost | undefined>,
): Way<RabbitMqOptions, RunningBroker> {
  return async options => {
    const host = await find(options.machine);
    return host && start(host, options);
  };
}

async function start(host: BrokerHost, options: RabbitMqOptions): Promise<RunningBroker> {
  const title = `RabbitMQ ${options.name}`;
  const folder = await takeEngineFolder(title, join(options.folder, host.subfolder));
  const ports = await choosePorts(title, brokerPorts, options.ports);
  const password = await keptSecret(join(folder, 'password'));
  const { name } = options;
  const settings = { name, folder: host.sees(folder), address: host.address, ports, user, password };
  await writeSettings(folder, settings);
  const started = await host.start(options.machine, { title, folder, settings, graceMs });
  await untilReady(started, { name: title, check: () => answers(settings), deadlineMs: readyDeadlineMs });
  const url = `amqp://${user}:${password}@127.0.0.1:${ports.amqp}`;
  const managementUrl = `http://${user}:${password}@127.0.0.1:${ports.management}`;
  const { source, version } = host;
  const { pid, exited, stop, kill } = started;
  return { name: title, url, managementUrl, ports, version, source, pid, exited, stop, kill };
}

async function writeSettings(folder: string, settings: BrokerSettings): Promise<void> {
  const conf = join(folder, 'rabbitmq.conf');
  await writeFile(conf, rabbitmqConf(settings), { mode: 0o600 });
  await chmod(conf, 0o600);
  await writeFile(join(folder, 'enabled_plugins'), enabledPlugins);
}

/** Clients can come, and the management API, the last to be complete, knows them. */
async function answers({ ports, password }: BrokerSettings): Promise<unknown> {
  const socket = connect({ port: ports.amqp, host: '127.0.0.1' });
  await once(socket, 'connect').finally(() => socket.destroy());
  const headers = { authorization: `Basic ${btoa(`${user}:${password}`)}` };
  const overview = await fetch(`http://127.0.0.1:${ports.management}/api/overview`, { headers });
  return overview.ok ? overview.json() : undefined;
}
