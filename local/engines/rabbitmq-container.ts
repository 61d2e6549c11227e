import { join } from 'node:path';
import { dockerWith, ourselves } from './docker/docker-with.ts';
import type { Image } from './docker/have-image.ts';
import { startContainer } from './docker/start-container.ts';
import type { Machine } from './engine.ts';
import type { BrokerHost } from './rabbitmq-host.ts';
import { containerEnvironment } from './rabbitmq-settings.ts';

/** RabbitMQ's official image, with the management plugin as our own RabbitMQ has it; the same version as Debian's. */
const image: Image = { name: 'rabbitmq', tag: '4.3.6-management' };

const mountedAt = '/var/lib/rabbitmq';

/** RabbitMQ in a container; undefined when there is no Docker engine that could run it. */
export async function brokerInDocker(machine: Machine): Promise<BrokerHost | undefined> {
  const docker = await dockerWith(machine, image);
  if (docker === undefined) return undefined;
  return {
    source: 'docker',
    version: image.tag.split('-')[0] ?? '',
    subfolder: 'container',
    address: '0.0.0.0',
    sees: () => mountedAt,
    start: (_machine, { title, folder, settings, graceMs }) => {
      const { amqp, management, prometheus } = settings.ports;
      return startContainer(docker, {
        ...{ name: title, image, folder, mountedAt, user: ourselves(), graceMs },
        // Past the image's entry point, which only changes the user.
        command: ['rabbitmq-server'],
        env: containerEnvironment(settings),
        ports: [amqp, management, prometheus],
        logFile: join(folder, 'rabbitmq.log'),
      });
    },
  };
}
