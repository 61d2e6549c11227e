import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { testFolder } from '../../../services/kit/test-folder.ts';
import { dockerWith } from './docker-with.ts';
import { fakeDocker, type FakeEngine } from './fake-docker.ts';
import { findDocker } from './find-docker.ts';

/** Looks for an engine, and says what was told about it. */
async function looked(test: TestContext, engine: FakeEngine) {
  const docker = await fakeDocker(test, engine);
  const told: string[] = [];
  const found = await findDocker({ env: docker.env, progress: line => told.push(line) });
  assert.deepEqual(docker.refused, []);
  return { found, told };
}

describe('findDocker', () => {
  it('finds an engine by asking it, without any docker program', async test => {
    const { found, told } = await looked(test, {});
    assert.ok(found);
    assert.deepEqual(told, []);
  });

  it('finds none behind a socket that is not there, or on another machine', async test => {
    const nowhere = `unix://${join(await testFolder(test), 'docker.sock')}`;
    for (const DOCKER_HOST of [nowhere, 'tcp://10.0.0.1:2375', 'ssh://build']) {
      assert.equal(await findDocker({ env: { DOCKER_HOST }, progress: assert.fail }), undefined);
    }
  });

  const strangers: Record<string, FakeEngine> = {
    'speaks only an older API': { version: { ApiVersion: '1.41', MinAPIVersion: '1.12' } },
    'takes only a newer API': { version: { ApiVersion: '1.60', MinAPIVersion: '1.50' } },
    'runs Windows': { version: { Os: 'windows' } },
    'has another processor': { version: { Arch: 'arm64' } },
    'has users of its own': { securityOptions: ['name=seccomp,profile=builtin', 'name=rootless'] },
  };
  for (const [what, engine] of Object.entries(strangers)) {
    it(`leaves one alone that ${what}, and says so`, async test => {
      const { found, told } = await looked(test, engine);
      assert.equal(found, undefined);
      assert.match(told.join(), /^engines: the Docker engine 29\.1\.0 at .* does not run .*: left alone$/);
    });
  }
});

describe('dockerWith', () => {
  const image = { name: 'rabbitmq', tag: '4.3.6' };

  it('pulls an image once', async test => {
    const docker = await fakeDocker(test, { pullable: ['rabbitmq:4.3.6'] });
    const told: string[] = [];
    const machine = { env: docker.env, progress: (line: string) => told.push(line) };
    for (let twice = 0; twice < 2; twice++) assert.ok(await dockerWith(machine, image));
    assert.deepEqual(told, ['engines: the Docker engine pulls rabbitmq:4.3.6 (once) …']);
    assert.equal(docker.asked.filter(route => route.startsWith('POST images')).length, 1);
  });

  it('is no way to an engine whose image cannot be had, and says why', async test => {
    const docker = await fakeDocker(test);
    const told: string[] = [];
    const machine = { env: docker.env, progress: (line: string) => told.push(line) };
    assert.equal(await dockerWith(machine, image), undefined);
    assert.equal(
      told[1],
      'engines: the Docker engine cannot pull rabbitmq:4.3.6: manifest for rabbitmq:4.3.6 not found',
    );
  });
});
