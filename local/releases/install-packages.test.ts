import assert from 'node:assert/strict';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { processTree } from '../engines/process-tree.ts';
import { installPackages } from './install-packages.ts';

/** A source to give packages to, by an npm that is the given shell script. */
async function aSource(context: TestContext, npm: string) {
  const root = await mkdtemp(join(tmpdir(), 'parity-packages-'));
  context.after(() => rm(root, { recursive: true, force: true }));
  const [source, folder, programs] = ['source', 'packages', 'programs'].map(name => join(root, name));
  assert.ok(source && folder && programs);
  for (const each of [source, folder, programs]) await mkdir(each);
  await writeFile(join(source, 'package-lock.json'), '{}');
  await writeFile(join(programs, 'npm'), `#!/bin/sh\n${npm}`, { mode: 0o700 });
  const stopping = new AbortController();
  const env = { PATH: `${programs}:${process.env['PATH']}`, STARTED: join(root, 'started') };
  const around = { folder, env, tell: () => {}, stop: stopping.signal, withinMs: 60_000 };
  return { source, around, started: env.STARTED, stop: () => stopping.abort() };
}

/** An npm that started something which never ends, and waits for it. */
const hanging = 'sleep 600 & echo $! > "$STARTED.new"; mv "$STARTED.new" "$STARTED"; wait';

/** What such an npm has started, once it has. */
async function startedBy(started: string): Promise<number> {
  for (;;) {
    const text = await readFile(started, 'utf8').catch(() => '');
    if (text !== '') return Number(text);
    await pause(20);
  }
}

async function untilGone(pid: number): Promise<void> {
  while ((await processTree(pid)).length > 0) await pause(20);
}

describe('installPackages', { timeout: 20_000 }, () => {
  it('gives a source its packages', async context => {
    const { source, around } = await aSource(context, 'mkdir -p node_modules/a-package');
    await installPackages(source, around);
    await access(join(source, 'node_modules', 'a-package'));
  });

  it('says that npm failed, and where it says why', async context => {
    const { source, around } = await aSource(context, 'echo no such version; exit 1');
    await assert.rejects(installPackages(source, around), (error: Error & { code: string }) => {
      assert.equal(error.code, 'install_failed');
      assert.match(
        error.message,
        /^The packages could not be installed: see (\S+\.log); is a package registry/,
      );
      return true;
    });
  });

  it('ends an npm that does not come to an end, with all that it has started', async context => {
    const { source, around, started } = await aSource(context, hanging);
    const installing = installPackages(source, { ...around, withinMs: 2_000 });
    await assert.rejects(installing, {
      code: 'install_failed',
      message:
        /^The packages were not installed within 2 s: see \S+\.log; is a package registry reachable\?$/,
    });
    await untilGone(await startedBy(started));
  });

  it('does so too when the pair is stopped', async context => {
    const { source, around, started, stop } = await aSource(context, hanging);
    const installing = installPackages(source, around);
    installing.catch(() => {});
    const pid = await startedBy(started);
    stop();
    await assert.rejects(installing, {
      code: 'not_running',
      message: 'Parity was stopped while it installed packages.',
    });
    await untilGone(pid);
  });
});
