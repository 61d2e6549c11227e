import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, it } from 'node:test';
import { startDatabase } from './database.ts';
import { startPrometheus } from './prometheus.ts';
import { choosePorts } from './ports.ts';
import { startRabbitMq } from './rabbitmq.ts';

const machine = { env: {}, progress: () => {} };
const folder = '/nowhere';
const rabbitMq = (url: string) => startRabbitMq({ machine, folder, name: 'odd', url });
const database = (url: string) => startDatabase({ machine, folder, url });
const freePort = async () => (await choosePorts('test', ['port'] as const)).port;

/** Runs `body` while a server answers on a loopback port. */
async function withServer(
  greet: (socket: Socket) => void,
  body: (port: number) => Promise<void>,
): Promise<void> {
  const server = createServer(greet).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await body((server.address() as AddressInfo).port).finally(() => server.close());
}

/** As much of Connection.Start (AMQP 0-9-1) as tells who greets. */
function greeting(product: string, version: string): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0, 0, 0, value.length]), Buffer.from(value)]);
  const key = (name: string) => Buffer.from(`${String.fromCharCode(name.length)}${name}S`);
  return Buffer.concat([key('product'), text(product), key('version'), text(version)]);
}

describe('a RabbitMQ given by URL', () => {
  it('is asked for its version, and is left to its owner', async () => {
    await withServer(
      socket => socket.end(greeting('RabbitMQ', '4.3.1')),
      async port => {
        const broker = await rabbitMq(`amqp://u:secret@127.0.0.1:${port}`);
        assert.deepEqual([broker.version, broker.source, broker.pid], ['4.3.1', 'url', undefined]);
        await broker.stop();
        await assert.rejects(broker.kill(), {
          code: 'engine_failed',
          message: /^RabbitMQ odd was given by URL/,
        });
      },
    );
  });
  it('is refused when nobody answers, without telling its password', async () => {
    const port = await freePort();
    await assert.rejects(rabbitMq(`amqp://u:secret@127.0.0.1:${port}`), {
      code: 'engine_failed',
      message: `RabbitMQ odd, given as 127.0.0.1:${port}, does not answer: connect ECONNREFUSED 127.0.0.1:${port}.`,
    });
  });
  it('is refused when something else answers', async () => {
    await withServer(
      socket => socket.end('220 mail ESMTP'),
      port =>
        assert.rejects(rabbitMq(`amqp://127.0.0.1:${port}`), {
          code: 'engine_failed',
          message: `RabbitMQ odd, given as 127.0.0.1:${port}, does not answer: what answers there is not RabbitMQ.`,
        }),
    );
  });
  it('is refused when the URL is for something else', async () => {
    const message = 'The URL given for RabbitMQ odd is not an amqp: or amqps: URL.';
    for (const url of ['http://x', 'localhost', '', 'amqp://']) {
      await assert.rejects(rabbitMq(url), { code: 'invalid_configuration', message });
    }
  });
});

describe('a database given by URL', () => {
  it('is taken when one of its hosts accepts connections', async () => {
    const dead = await freePort();
    await withServer(
      socket => socket.end(),
      async port => {
        const { url, source } = await database(`mongodb://u:p@127.0.0.1:${dead},127.0.0.1:${port}/x?y=z`);
        assert.deepEqual([url, source], [`mongodb://u:p@127.0.0.1:${dead},127.0.0.1:${port}/x?y=z`, 'url']);
      },
    );
  });
  it('is refused when nobody answers, without telling its password', async () => {
    const port = await freePort();
    await assert.rejects(database(`mongodb://u:secret@127.0.0.1:${port}/`), {
      code: 'engine_failed',
      message: `The database, given as 127.0.0.1:${port}, does not answer: connect ECONNREFUSED 127.0.0.1:${port}.`,
    });
  });
  it('is refused when the URL is for something else', async () => {
    const message = 'The URL given for the database is not a mongodb: or mongodb+srv: URL.';
    await assert.rejects(database('postgres://x'), { code: 'invalid_configuration', message });
  });
  it('is refused when no host is to be seen, without telling what of a password stands in its place', async () => {
    const hosts = [
      'u:se@cret@h',
      'u:se/cret@h',
      'u:se?cret@h',
      'u:secret',
      'h:99999',
      '',
      '/x',
      'a,,b',
      'a,b:c',
    ];
    for (const rest of hosts) {
      await assert.rejects(database(`mongodb://${rest}`), {
        code: 'invalid_configuration',
        message:
          'The URL given for the database names no hosts as mongodb://user:password@host:27017/ does: ' +
          'write @ : / ? % in a name or a password as %40 %3A %2F %3F %25.',
      });
    }
  });
});

describe('a Prometheus given by URL', () => {
  const prometheus = (url: string) => startPrometheus({ machine, folder, targetsFile: '/nowhere', url });
  it('is refused when nobody answers', async () => {
    const port = await freePort();
    await assert.rejects(prometheus(`http://127.0.0.1:${port}/`), {
      code: 'engine_failed',
      message: `Prometheus, given as 127.0.0.1:${port}, does not answer.`,
    });
  });
  it('is refused when the URL is for something else, or has a password that would be told', async () => {
    for (const url of ['x', 'ftp://x', 'http://u:secret@x', '']) {
      await assert.rejects(prometheus(url), {
        code: 'invalid_configuration',
        message: 'The URL given for Prometheus is not an http: or https: URL without a user.',
      });
    }
  });
});
