import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { parseRelease } from '../../domain/release.ts';
import { openReleaseRegistry } from './release-registry.ts';

const run = promisify(execFile);
const ours = join(import.meta.dirname, '..', '..');
const [one, two] = [parseRelease('1'), parseRelease('2')];

/** A project of one commit `v1` whose only service has one route, and a newer commit with one more. */
async function aProject(test: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'parity-registry-'));
  test.after(() => rm(root, { recursive: true, force: true }));
  const project = join(root, 'project');
  await cp(join(ours, 'domain'), join(project, 'domain'), { recursive: true });
  await writeFile(join(project, 'package.json'), '{"name":"p","version":"1.0.0","type":"module"}');
  await writeFile(
    join(project, 'package-lock.json'),
    '{"name":"p","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"p","version":"1.0.0"}}}',
  );
  const git = (...args: string[]) => run('git', ['-C', project, ...args]);
  await git('init', '-q');
  await git('config', 'user.email', 'test@test');
  await git('config', 'user.name', 'test');
  const commit = async (tag: string) => {
    await git('add', '-A');
    await git('commit', '-qm', tag);
    await git('tag', tag);
  };
  return { root, project, commit };
}

async function aRegistry(
  { root, project }: { root: string; project: string },
  named: readonly string[] = [],
) {
  const told: string[] = [];
  const registry = await openReleaseRegistry({
    folder: join(root, 'builds'),
    project,
    node: process.execPath,
    env: process.env,
    isNamed: release => named.includes(release),
    tell: line => void told.push(line),
    stop: new AbortController().signal,
  });
  return { registry, told };
}

const checkout = { source: {} };

describe('a registry of releases', () => {
  it('takes the present checkout, and asks it what it is made of', async test => {
    const at = await aProject(test);
    const { registry } = await aRegistry(at);
    const registered = await registry.register({ release: two, ...checkout });
    const nothing = { commit: undefined, checkout: undefined, fault: undefined };
    assert.deepEqual(registered, { release: two, folder: at.project, ...nothing });
    const { contract } = registry.prepared(two);
    assert.ok(
      contract.routes.some(({ name, path }) => name === 'processor.accept' && path === '/v1/documents'),
    );
    assert.ok(contract.environmentOf(['storage']).required.includes('PARITY_VAULT'));
    assert.ok(!contract.environmentOf(['processor']).required.includes('PARITY_VAULT'));
  });

  it('tells the commit of the present checkout, and whether its files are others', async test => {
    const at = await aProject(test);
    await at.commit('v1');
    const { registry } = await aRegistry(at);
    const described = async () => (await registry.register({ release: two, ...checkout })).checkout;
    const clean = (await described()) ?? '';
    assert.match(clean, /^[0-9a-f]{12}$/);
    await writeFile(join(at.project, 'package.json'), '{"name":"other"}');
    assert.equal(await described(), `${clean}-dirty`);
  });

  it('refuses a registration that is damaged, and says what to do', async test => {
    const at = await aProject(test);
    const { registry } = await aRegistry(at);
    const path = join(at.root, 'builds', 'release-2.json');
    await writeFile(path, '');
    await assert.rejects(registry.restore(two), {
      code: 'invalid_configuration',
      message: `${path} is empty: put back what it was, { "commit": "…" }, or delete it: release 2 is then the present checkout.`,
    });
  });

  it('asks the source of a release, not ours: a new route is known', async test => {
    const at = await aProject(test);
    const file = join(at.project, 'domain', 'catalogue.ts');
    const text = await readFile(file, 'utf8');
    const route = "cancel: { method: 'DELETE', path: '/v1/documents/:id', access: 'user', class: 'change' },";
    await writeFile(file, text.replace('routes: { accept', `routes: { ${route} accept`));
    const { registry } = await aRegistry(at);
    await registry.register({ release: two, ...checkout });
    const routes = registry.prepared(two).contract.routes.map(({ name }) => name);
    assert.ok(routes.includes('processor.cancel'), routes.join());
  });

  it('asks a release that the pair has a use for once: a checkout that changes does not change its routes', async test => {
    const at = await aProject(test);
    const named: string[] = [];
    const { registry } = await aRegistry(at, named);
    await registry.register({ release: two, ...checkout });
    named.push(two);
    const before = registry.prepared(two);
    await writeFile(join(at.project, 'domain', 'catalogue.ts'), 'export const catalogue = {};');
    await registry.register({ release: two, ...checkout });
    assert.equal(registry.prepared(two), before);
    named.pop();
    await registry.register({ release: two, ...checkout });
    assert.deepEqual(registry.prepared(two).contract.routes, []);
  });

  it('knows nothing of a release that nobody registered', async test => {
    const { registry } = await aRegistry(await aProject(test));
    assert.equal(registry.find(two), undefined);
    assert.throws(() => registry.prepared(two), {
      code: 'release_unknown',
      message: 'Nobody has said what release 2 is made of: register it first.',
    });
  });

  it('lets a name mean one thing while the pair has a use for it, also after a restart', async test => {
    const at = await aProject(test);
    await at.commit('v1');
    const { registry } = await aRegistry(at, ['1']);
    await registry.restore(one);
    await registry.register({ release: one, ...checkout });
    for (const each of [registry, (await aRegistry(at, ['1'])).registry]) {
      await assert.rejects(each.register({ release: one, source: { ref: 'v1' } }), {
        code: 'conflict',
        message:
          /^Release 1 is the present checkout, and stays that while it is part of the pair: ship another/,
      });
    }
  });

  it('refuses a fault that the source knows nothing of', async test => {
    const at = await aProject(test);
    await rm(join(at.project, 'domain', 'environment.ts'));
    await writeFile(
      join(at.project, 'domain', 'environment.ts'),
      'export const environmentOf = () => ({ required: ["PARITY_CLUSTER"], optional: [] });',
    );
    const { registry } = await aRegistry(at);
    await assert.rejects(registry.register({ release: two, ...checkout, fault: 'errors=5%' }), {
      code: 'release_unfit',
      message: 'The source of release 2 knows no faults: leave --fault out.',
    });
  });

  it('refuses what is no fault before it does anything', async test => {
    const { registry } = await aRegistry(await aProject(test));
    await assert.rejects(registry.register({ release: two, ...checkout, fault: 'flood' }), {
      code: 'invalid_request',
      message: /^"flood" is no fault: give errors=5%, /,
    });
    assert.equal(registry.find(two), undefined);
  });

  it('says so of a source that does not say what it is made of', async test => {
    const at = await aProject(test);
    await rm(join(at.project, 'domain', 'catalogue.ts'));
    const { registry } = await aRegistry(at);
    await assert.rejects(registry.register({ release: two, ...checkout }), {
      code: 'release_unfit',
      message: /project does not say what it is made of: .*catalogue\.ts/s,
    });
  });

  it('says so where there is no history, and of a ref that names nothing there', async test => {
    const at = await aProject(test);
    const { registry } = await aRegistry(at);
    await rm(join(at.project, '.git'), { recursive: true });
    await assert.rejects(registry.register({ release: two, source: { ref: 'v1' } }), {
      code: 'not_a_checkout',
      message: /project is no git checkout, so v1 names nothing there/,
    });
    const other = await aProject(test);
    await other.commit('v1');
    const { registry: its } = await aRegistry(other);
    for (const ref of ['v2', '--all']) {
      await assert.rejects(its.register({ release: two, source: { ref } }), {
        code: 'ref_unknown',
        message: new RegExp(`No commit, tag or branch of .*project is called ${ref}: see git log --all`),
      });
    }
  });

  it('names the log of packages that could not be installed', async test => {
    const at = await aProject(test);
    const wanting = '{"name":"p","version":"1.0.0","type":"module","dependencies":{"not-locked":"1.0.0"}}';
    await writeFile(join(at.project, 'package.json'), wanting);
    await at.commit('v1');
    const { registry, told } = await aRegistry(at);
    await assert.rejects(registry.register({ release: two, source: { ref: 'v1' } }), error => {
      assert.ok(error instanceof Error);
      const log = /see (\S+\.log)/.exec(error.message)?.[1] ?? '';
      assert.match(
        error.message,
        /^The packages could not be installed: see \S+; is a package registry reachable\?$/,
      );
      return log.startsWith(at.root);
    });
    assert.equal(told.length, 1);
  });
});
