import assert from 'node:assert/strict';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { testEngineUrls } from '../../services/kit/database/test-engines.ts';
import { testFolder } from '../../services/kit/test-folder.ts';
import { startDatabase } from './database.ts';
import { fakeDocker } from './docker/fake-docker.ts';

/** Stands in for the image's own: what comes to the published port goes to the database of this test run. */
const entryPoint = (port: string) => `#!${process.execPath}
const { connect, createServer } = require('node:net');
createServer(socket => {
  const database = connect(${port}, '127.0.0.1').on('error', () => socket.destroy());
  socket.on('error', () => database.destroy()).pipe(database).pipe(socket);
}).listen(Number(process.env.FAKE_PORTS), '127.0.0.1');
`;

/** A machine without mongod, with a Docker engine whose database is the test run's, behind its own password. */
async function machineWithDocker(test: TestContext) {
  const real = new URL(testEngineUrls()[0]?.url ?? '');
  const programs = await testFolder(test);
  await writeFile(join(programs, 'docker-entrypoint.sh'), entryPoint(real.port), { mode: 0o755 });
  const docker = await fakeDocker(test, { images: ['mongo:8.0.13'], programs });
  const folder = await testFolder(test);
  await mkdir(join(folder, 'container'), { mode: 0o700 });
  await writeFile(join(folder, 'container', 'password'), real.password, { mode: 0o600 });
  const start = (port?: number) =>
    startDatabase({ machine: { env: docker.env, progress: () => {} }, folder, port });
  return { docker, folder, start, user: real.username };
}

describe('MongoDB in a container', { timeout: 60_000 }, () => {
  it('is had where a Docker engine answers and there is no mongod, once it lets its user in', async test => {
    const { docker, folder, start, user } = await machineWithDocker(test);
    const database = await start();
    assert.deepEqual([database.source, database.version, database.pid], ['docker', '8.0.13', undefined]);
    assert.equal(new URL(database.url).username, user);
    const [made] = [...docker.containers.values()];
    assert.deepEqual(made?.body.Cmd.slice(0, 3), ['docker-entrypoint.sh', 'mongod', '--bind_ip_all']);
    assert.equal(made.body.HostConfig.Mounts[0].Source, join(folder, 'container', 'data'));
    await database.kill();
    assert.match(await database.exited, /^MongoDB ended with code \d+$/);
    await (await start(Number(new URL(database.url).port))).stop();
    assert.deepEqual(docker.refused, []);
  });

  it('begins anew what never came up, and keeps what did', async test => {
    const { folder, start } = await machineWithDocker(test);
    const data = join(folder, 'container', 'data');
    await mkdir(data);
    await writeFile(join(data, 'half'), '');
    await (await start()).stop();
    await assert.rejects(access(join(data, 'half')), { code: 'ENOENT' });
    await writeFile(join(data, 'whole'), '');
    await (await start()).stop();
    await access(join(data, 'whole'));
  });
});
