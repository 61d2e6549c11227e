import assert from 'node:assert/strict';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { testFolder } from '../../services/kit/test-folder.ts';
import { fakeDocker } from './docker/fake-docker.ts';
import { startRabbitMq } from './rabbitmq.ts';

/** Stands in for the image's own: answers on the published ports, AMQP's as an open door, management's to its user. */
const brokerProgram = `#!${process.execPath}
const [amqp, management] = process.env.FAKE_PORTS.split(',').map(Number);
require('node:net').createServer(socket => socket.end()).listen(amqp, '127.0.0.1');
require('node:http').createServer((request, response) => {
  console.log(request.url, request.headers.authorization);
  response.end('{}');
}).listen(management, '127.0.0.1');
`;

/** A machine without RabbitMQ, with a Docker engine that has the image. */
async function machineWithDocker(test: TestContext) {
  const programs = await testFolder(test);
  await writeFile(join(programs, 'rabbitmq-server'), brokerProgram, { mode: 0o755 });
  const docker = await fakeDocker(test, { images: ['rabbitmq:4.3.6-management'], programs });
  const folder = await testFolder(test);
  const start = (env: Record<string, string> = docker.env) =>
    startRabbitMq({ machine: { env, progress: () => {} }, name: 'odd', folder });
  return { docker, folder, start };
}

describe('RabbitMQ in a container', { timeout: 60_000 }, () => {
  it('is had where a Docker engine answers and there is no program, with the settings of all our brokers', async test => {
    const { docker, folder, start } = await machineWithDocker(test);
    const broker = await start();
    assert.deepEqual([broker.source, broker.version, broker.pid], ['docker', '4.3.6', undefined]);
    const { password, port } = new URL(broker.url);
    const [made] = [...docker.containers.values()];
    assert.equal(made?.body.HostConfig.Mounts[0].Source, join(folder, 'container'));
    assert.deepEqual(Object.keys(made.body.HostConfig.PortBindings)[0], `${port}/tcp`);
    assert.ok(made.body.Env.includes('RABBITMQ_CONFIG_FILE=/var/lib/rabbitmq/rabbitmq.conf'));
    assert.ok(!made.body.Env.some(entry => entry.startsWith('PATH=') || entry.includes(password)));
    const conf = await readFile(join(folder, 'container', 'rabbitmq.conf'), 'utf8');
    assert.match(conf, new RegExp(`^listeners\\.tcp\\.1 = 0\\.0\\.0\\.0:${port}$`, 'm'));
    assert.match(conf, new RegExp(`^default_pass = ${password}$`, 'm'));
    await broker.stop();
    assert.equal(docker.containers.size, 0);
    assert.deepEqual(docker.refused, []);
  });

  it('stays in a container: without that engine its folder is refused, not shown empty', async test => {
    const { folder, start } = await machineWithDocker(test);
    await (await start()).stop();
    const away = { DOCKER_HOST: `unix://${join(folder, 'no.sock')}` };
    await assert.rejects(start(away), {
      code: 'engine_missing',
      message:
        `The broker in ${folder} was written by a Docker engine, which is not there any more. ` +
        'Bring it back, or begin anew in another folder.',
    });
  });

  it('never takes the folder of a RabbitMQ of this machine', async test => {
    const { docker, folder, start } = await machineWithDocker(test);
    await mkdir(join(folder, 'data'));
    // Nothing can be installed on this machine, which is all that is left.
    await assert.rejects(start({ ...docker.env, PATH: '/nowhere', HOME: folder }), {
      code: 'engine_missing',
    });
    await assert.rejects(access(join(folder, 'container')), { code: 'ENOENT' });
    assert.deepEqual(docker.asked, []);
  });
});
