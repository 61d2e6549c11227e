import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { runToEnd, startChild } from './child.ts';
import type { Child } from './child.ts';
import { processTree, stillLiving } from './process-tree.ts';
import { untilReady } from './ready.ts';

const env = { PATH: process.env['PATH'] };
const machine = { env, progress: () => {} };

describe('startChild', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parity-child-'));
  });
  after(() => rm(folder, { recursive: true }));

  const start = (script: string): Promise<Child> =>
    startChild(machine, {
      name: 'shell',
      program: 'sh',
      args: ['-c', script],
      env,
      cwd: folder,
      logFile: join(folder, 'log'),
      stopSignal: 'SIGTERM',
      graceMs: 200,
    });

  /** Starts a shell that tells by the file `ready` that its script has come to the point. */
  async function startShell(script: string): Promise<Child> {
    const ready = join(folder, 'ready');
    await rm(ready, { force: true });
    const child = await start(script);
    await untilReady(child, { name: 'shell', check: () => stat(ready), deadlineMs: 10_000 });
    return child;
  }

  it('stops in order with the signal that was agreed', async () => {
    const child = await startShell('trap "exit 7" TERM; : > ready; sleep 60 & wait');
    await child.stop();
    assert.equal(await child.exited, 'shell ended with code 7');
  });
  it('kills what does not stop in time', async () => {
    const child = await startShell('trap "" TERM; : > ready; while :; do sleep 60; done');
    await child.stop();
    assert.equal(await child.exited, 'shell ended with SIGKILL');
  });
  it('kills every descendant, those in sessions of their own too', async () => {
    const child = await startShell('setsid sleep 60 & (sleep 60 & wait) & : > ready; wait');
    const wholeTree = async () => (await processTree(child.pid)).length >= 4 || undefined;
    await untilReady(child, { name: 'its descendants', check: wholeTree, deadlineMs: 10_000 });
    const tree = await processTree(child.pid);
    await child.kill();
    assert.deepEqual(await stillLiving(tree), []);
    assert.equal(await child.exited, 'shell ended with SIGKILL');
  });
  it('may be stopped when it has ended', async () => {
    const child = await start('exit 0');
    await child.exited;
    await child.stop();
    await child.kill();
  });
  it('keeps the output, and that of the run before', async () => {
    for (const word of ['first', 'second']) await (await start(`echo ${word}`)).exited;
    assert.equal(await readFile(join(folder, 'log'), 'utf8'), 'second\n');
    assert.equal(await readFile(join(folder, 'log.before'), 'utf8'), 'first\n');
  });
  it('reports one that ends before it is ready, with its last words', async () => {
    await assert.rejects(startShell('echo no such luck; exit 3'), error => {
      assert.ok(isParityError(error, 'engine_failed'));
      assert.equal(error.message, 'shell ended with code 3. Its last words:\nno such luck');
      return true;
    });
  });
});

describe('runToEnd', () => {
  const sh = (script: string) =>
    runToEnd({ name: 'job', program: 'sh', args: ['-c', script], env, cwd: '/' });

  it('returns what was written', async () => {
    assert.equal(await sh('echo done'), 'done\n');
  });
  it('reports a failure with its words', async () => {
    await assert.rejects(sh('echo broken >&2; exit 4'), {
      code: 'engine_failed',
      message: 'job ended with code 4.\nbroken',
    });
  });
  it('reports a program that is not there', async () => {
    const job = runToEnd({ name: 'job', program: '/nowhere/x', args: [], env, cwd: '/' });
    await assert.rejects(job, { code: 'engine_failed', message: /^job could not be started: .*ENOENT/ });
  });
});
