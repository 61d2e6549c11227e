import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { testFolder } from '../../../services/kit/test-folder.ts';
import { dockerApi } from './docker-api.ts';
import { fakeDocker, type FakeEngine } from './fake-docker.ts';
import { startContainer, type Container, type ContainerOptions } from './start-container.ts';

const image = { name: 'engine', tag: '1.2.3' };

/** A fake engine that has the image, and a folder for containers of it. */
async function dockerWorld(test: TestContext, engine: FakeEngine = {}) {
  const docker = await fakeDocker(test, { images: ['engine:1.2.3'], ...engine });
  const folder = await testFolder(test);
  const socket = docker.env.DOCKER_HOST.slice('unix://'.length);
  const options = (script: string): ContainerOptions => ({
    ...{ name: 'the engine', image, folder, mountedAt: '/data', user: '1000:1000' },
    command: ['sh', '-c', script],
    env: { GREETING: 'hello' },
    ports: [4711],
    logFile: join(folder, 'engine.log'),
    graceMs: 1_000,
  });
  const start = (script: string) => startContainer(dockerApi(socket), options(script));
  return { docker, folder, socket, start };
}

/** Resolves when a container has said `text`; the test's own time limit is the deadline. */
async function said(container: Container, text: string): Promise<void> {
  while (!(await container.lastWords().catch(() => '')).includes(text)) await pause(5);
}

const sleeping = 'echo "$GREETING"; sleep 60';

describe('startContainer', { timeout: 60_000 }, () => {
  it('publishes ports on loopback alone, mounts the folder, and runs as us', async test => {
    const { docker, folder, start } = await dockerWorld(test);
    const container = await start(sleeping);
    const [made] = [...docker.containers.values()];
    assert.deepEqual(made?.body.HostConfig.PortBindings, {
      '4711/tcp': [{ HostIp: '127.0.0.1', HostPort: '4711' }],
    });
    assert.deepEqual(made.body.HostConfig.Mounts, [{ Type: 'bind', Source: folder, Target: '/data' }]);
    assert.deepEqual([made.body.Image, made.body.User], ['engine:1.2.3', '1000:1000']);
    await container.kill();
    assert.deepEqual(docker.refused, []);
  });

  it('keeps what it says, and what the one before said', async test => {
    const { folder, start } = await dockerWorld(test);
    const first = await start('echo one; echo two >&2; exit 3');
    assert.equal(await first.exited, 'the engine ended with code 3');
    const log = join(folder, 'engine.log');
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    assert.deepEqual(lines.sort(), ['one', 'two']);
    const second = await start(sleeping);
    await said(second, 'hello');
    await second.kill();
    assert.match(await readFile(`${log}.before`, 'utf8'), /one/);
  });

  it('is stopped in order, and removed', async test => {
    const { docker, start } = await dockerWorld(test);
    const container = await start('trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done');
    await said(container, 'up');
    await container.stop();
    assert.equal(await container.exited, 'the engine ended with code 0');
    assert.match(await container.lastWords(), /bye/);
    assert.equal(docker.containers.size, 0);
    await container.stop();
    await container.kill();
    assert.deepEqual(docker.refused, []);
  });

  it('is killed when it does not stop, and at once when it is to be killed', async test => {
    const { docker, start } = await dockerWorld(test);
    const stubborn = 'trap "" TERM; echo up; while :; do sleep 0.05; done';
    for (const how of ['stop', 'kill'] as const) {
      const container = await start(stubborn);
      await said(container, 'up');
      await container[how]();
      assert.equal(docker.containers.size, 0, how);
    }
  });

  it('dies with whoever started it', async test => {
    const { docker, folder, socket } = await dockerWorld(test);
    const [api, run] = ['docker-api.ts', 'start-container.ts'].map(file => join(import.meta.dirname, file));
    const options = {
      name: 'x',
      image,
      folder,
      mountedAt: '/data',
      user: '0:0',
      env: {},
      ports: [],
      graceMs: 1,
    };
    const script = `
      import { dockerApi } from ${JSON.stringify(api)};
      import { startContainer } from ${JSON.stringify(run)};
      const options = ${JSON.stringify({ ...options, command: ['sleep', '60'], logFile: join(folder, 'log') })};
      await startContainer(dockerApi(${JSON.stringify(socket)}), options);
      console.log('started');`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    const [made] = [...docker.containers.values()];
    assert.equal(made?.status, 'running');
    parent.kill('SIGKILL');
    assert.equal(await made.removed.promise, 137);
    assert.equal(docker.containers.size, 0);
  });

  it('leaves nothing when it cannot be started', async test => {
    const startFails = 'Bind for 127.0.0.1:4711 failed: port is already allocated';
    const { docker, start } = await dockerWorld(test, { startFails });
    await assert.rejects(start(sleeping), {
      code: 'engine_failed',
      message: new RegExp(
        `^The Docker engine refused POST /containers/parity-\\w+/start \\(500\\): .*${startFails}`,
      ),
    });
    assert.equal(docker.containers.size, 0);
    assert.deepEqual(docker.refused, []);
  });

  it('does not start a second one in the same folder', async test => {
    const { start } = await dockerWorld(test);
    const first = await start(sleeping);
    await assert.rejects(start(sleeping), {
      code: 'already_running',
      message:
        /^the engine: the container parity-\w+ works in its folder\. End it \(docker rm --force parity-\w+\)/,
    });
    await first.kill();
  });

  it('takes the place of one that was never started, for its maker died in between', async test => {
    const { docker, start } = await dockerWorld(test);
    const first = await start(sleeping);
    const [[name, made] = []] = [...docker.containers];
    assert.ok(name !== undefined && made !== undefined);
    await first.kill();
    docker.containers.set(name, { body: made.body, status: 'created', removed: Promise.withResolvers() });
    await (await start(sleeping)).kill();
    assert.deepEqual(docker.refused, []);
  });
});
