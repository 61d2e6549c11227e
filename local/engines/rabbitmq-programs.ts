import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { startChild } from './child.ts';
import { installDebianRoot } from './debian.ts';
import type { EngineSource, Machine } from './engine.ts';
import { findProgram } from './programs.ts';
import type { BrokerHost } from './rabbitmq-host.ts';
import { brokerEnvironment } from './rabbitmq-settings.ts';
import { isInRange } from './version-range.ts';

/** A RabbitMQ of this machine that can be started. */
interface BrokerProgram {
  readonly source: EngineSource;
  readonly version: string;
  /** `…/rabbitmq_server-4.3.6/sbin/rabbitmq-server` */
  readonly server: string;
  /** A PATH on which the Erlang for it comes first. */
  readonly path: string;
}

/** Amazon MQ runs 4.2 and 4.3 on its current instances. */
const known = { from: '4.2', below: '5' };

/** Debian's `rabbitmq-server` on PATH is a wrapper that insists on its own user; the real one lies here. */
const debianServers = '/usr/lib/rabbitmq/lib';

/** The `rabbitmq-server` on PATH, if its version is one that we know; undefined otherwise. */
export async function brokerOnPath(machine: Machine): Promise<BrokerHost | undefined> {
  const wrapper = await findProgram(machine, 'rabbitmq-server');
  if (!wrapper) return undefined;
  const own = dirname(dirname(await realpath(wrapper)));
  for (const home of [own, ...(await serverHomes(debianServers))]) {
    const version = /^rabbitmq_server-(.+)$/.exec(basename(home))?.[1];
    if (!version || !isInRange(version, known)) continue;
    return hostOf({
      source: 'path',
      version,
      server: join(home, 'sbin/rabbitmq-server'),
      path: machine.env['PATH'] ?? '',
    });
  }
  machine.progress(`engines: ${wrapper} is not RabbitMQ ${known.from} to ${known.below} and is left alone`);
  return undefined;
}

/** RabbitMQ of Debian sid, from the user's cache folder. */
export async function brokerFromRegistries(machine: Machine): Promise<BrokerHost> {
  const { folder, versions } = await installDebianRoot(machine);
  const [home = ''] = await serverHomes(join(folder, debianServers));
  const erlang = join(folder, 'usr/lib/erlang/bin');
  return hostOf({
    source: 'registries',
    version: (versions['rabbitmq-server'] ?? '').split('-')[0] ?? '',
    server: join(home, 'sbin/rabbitmq-server'),
    path: `${erlang}:${machine.env['PATH'] ?? ''}`,
  });
}

function hostOf({ source, version, server, path }: BrokerProgram): BrokerHost {
  return {
    ...{ source, version, subfolder: '', address: '127.0.0.1' },
    sees: folder => folder,
    start: (machine, { title, folder, settings, graceMs }) =>
      startChild(machine, {
        name: title,
        program: server,
        args: [],
        env: brokerEnvironment(settings, path),
        cwd: folder,
        logFile: join(folder, 'rabbitmq.log'),
        stopSignal: 'SIGTERM',
        graceMs,
      }),
  };
}

async function serverHomes(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter(name => name.startsWith('rabbitmq_server-')).map(name => join(folder, name));
}
