import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { systemClock } from '../../services/kit/ports.ts';
import { processTree } from '../engines/process-tree.ts';
import { startProcess } from './start-process.ts';

const stubborn = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')`;
const obedient = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log('ready')`;

describe('startProcess', () => {
  it('hands on what the process writes and how it ended', async () => {
    const { life, log } = await run(`console.error('to stderr'); process.exitCode = 3`);
    const [line] = (await once(log, 'data')) as [Buffer];
    assert.equal(String(line), 'to stderr\n');
    assert.equal(await life.exited, 'fake ended with code 3');
  });

  it('stops it by SIGTERM', async () => {
    const { life, log } = await run(obedient);
    await once(log, 'data');
    await life.stop();
    assert.equal(await life.exited, 'fake ended with code 0');
  });

  it('kills what does not stop in time', async () => {
    const { life, log } = await run(stubborn, 20);
    await once(log, 'data');
    await life.stop();
    assert.equal(await life.exited, 'fake ended with SIGKILL');
  });

  it('kills it together with what it has started', async () => {
    const parent = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      child.once('spawn', () => console.log(child.pid));`;
    const { life, log } = await run(parent);
    const [line] = (await once(log, 'data')) as [Buffer];
    await life.kill();
    assert.deepEqual(await processTree(Number(line)), []);
  });

  it('inherits nothing of our environment', async () => {
    const { log } = await run(`console.log(Object.keys(process.env).join())`);
    const [line] = (await once(log, 'data')) as [Buffer];
    assert.equal(String(line), 'GIVEN\n');
  });

  it('says what could not be executed', async () => {
    const options = { ...given(''), program: '/nowhere/node' };
    await assert.rejects(startProcess(options), {
      code: 'service_failed',
      message: 'fake cannot be started: Error: spawn /nowhere/node ENOENT',
    });
  });
});

async function run(script: string, graceMs?: number) {
  const options = given(script, graceMs);
  return { life: await startProcess(options), log: options.log };
}

function given(script: string, graceMs = 5_000) {
  return {
    name: 'fake',
    program: process.execPath,
    args: ['-e', script],
    env: { GIVEN: 'yes' },
    cwd: '/',
    log: new PassThrough(),
    setpriv: undefined,
    graceMs,
    clock: systemClock,
  };
}
