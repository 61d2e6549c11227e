import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { boundedFiles, callsAtOnce, callWithinMs, slowestBytesPerSecond } from './bounded-files.ts';
import { faultyFileSystem } from './faulty-file-system.ts';
import { fileSystemContract } from './file-system.contract.ts';
import { nodeFileSystem } from './file-system.ts';
import { manualClock } from './manual-clock.ts';
import { testFolder } from './test-folder.ts';

const late = { code: 'ETIMEDOUT', message: /^ETIMEDOUT: the file system does not answer, / };

async function world(test: TestContext) {
  const folder = await testFolder(test);
  const below = faultyFileSystem(nodeFileSystem());
  const clock = manualClock();
  const made = {
    folder,
    below,
    clock,
    files: boundedFiles(below, clock),
    at: (name: string) => join(folder, name),
  };
  const called = (operation: string) => below.calls.filter(call => call.operation === operation).length;
  /** Waits for an operation that hangs to have been begun, and lets `ms` pass. */
  const passOver = async (operation: string, ms = callWithinMs) => {
    while (called(operation) === 0) await turn();
    clock.advance(ms);
    await turn();
  };
  return { ...made, called, passOver };
}

fileSystemContract('a bounded file system', () => boundedFiles(nodeFileSystem(), manualClock()));

describe('a call that hangs', () => {
  for (const operation of ['link', 'rename', 'remove', 'state', 'makeFolder', 'syncFolder'] as const) {
    it(`is refused in time: ${operation}`, async test => {
      const { files, below, folder, at, passOver } = await world(test);
      await files.createWhole(at('a'), []);
      below.disturb(operation, { kind: 'hangs' });
      const paths = { from: operation === 'syncFolder' ? folder : at('a'), to: at('b') };
      const refused = assert.rejects(files[operation](paths.from, paths.to), late);
      await passOver(operation);
      await refused;
    });
  }

  it('has a minute for all names of a folder', async test => {
    const { files, below, folder, passOver } = await world(test);
    below.disturb('list', { kind: 'hangs' });
    let isOver = false;
    const refused = assert.rejects(files.list(folder), late).then(() => (isOver = true));
    await passOver('list', 59_000);
    assert.equal(isOver, false);
    await passOver('list', 1_000);
    await refused;
  });

  it('has the time that its bytes take a slow file system', async test => {
    const { files, below, at, passOver } = await world(test);
    const file = await files.create(at('film'));
    await file.write([Buffer.alloc(slowestBytesPerSecond), Buffer.alloc(slowestBytesPerSecond)]);
    below.disturb('sync', { kind: 'hangs' });
    let isOver = false;
    const refused = assert.rejects(file.sync(), late).then(() => (isOver = true));
    await passOver('sync', callWithinMs + 1_000);
    assert.equal(isOver, false);
    await passOver('sync', 1_000);
    await refused;
  });

  it('leaves no file that came too late, neither open nor there', async test => {
    const { files, below, folder, at, called, passOver } = await world(test);
    below.disturb('create', { kind: 'hangs' });
    const refused = assert.rejects(files.create(at('a')), late);
    await passOver('create');
    await refused;
    below.calm();
    while (called('remove') === 0) await turn();
    assert.equal(called('close'), 1);
    assert.deepEqual(await files.list(folder), []);
  });

  it('has ended before its file is closed, though nobody waits for it', async test => {
    const { files, below, at, called, passOver } = await world(test);
    const file = await files.create(at('a'));
    below.disturb('write', { kind: 'hangs' });
    const refused = assert.rejects(file.write([Buffer.from('bytes')]), late);
    await passOver('write', callWithinMs + 1_000);
    await refused;
    const closed = file.close();
    await turn();
    assert.equal(called('close'), 0);
    below.calm();
    await closed;
    assert.equal(called('close'), 1);
    assert.equal((await files.state(at('a'))).size, 5);
  });

  it('is looked at again after a while in which nothing was under way', async test => {
    const { files, below, clock, at, passOver } = await world(test);
    await files.createWhole(at('a'), []);
    clock.advance(5_000);
    await turn();
    below.disturb('state', { kind: 'hangs' });
    const refused = assert.rejects(files.state(at('a')), late);
    await passOver('state', 2 * callWithinMs);
    await refused;
  });
});

describe('many calls', () => {
  it('are begun in their order, no more at once than have a thread', async test => {
    const { files, below, at, called } = await world(test);
    below.disturb('createWhole', { kind: 'hangs' }, callsAtOnce);
    const all = Array.from({ length: 2 * callsAtOnce }, (_, n) => files.createWhole(at(String(n)), []));
    await turn();
    assert.equal(called('createWhole'), callsAtOnce);
    below.calm();
    await Promise.all(all);
    assert.deepEqual(
      below.calls.map(({ path }) => path),
      Array.from(all, (_, n) => at(String(n))),
    );
  });

  it('share a folder’s sync without waiting for a thread', async test => {
    const { files, below, folder, called } = await world(test);
    below.disturb('createWhole', { kind: 'hangs' });
    for (let n = 0; n < callsAtOnce; n++) files.createWhole(join(folder, String(n)), []).catch(() => {});
    await files.syncFolder(folder);
    assert.equal(called('syncFolder'), 1);
    below.calm();
  });

  it('are refused at once while as many hang as may be under way, and answered when those have ended', async test => {
    const { files, below, folder, at, called, passOver } = await world(test);
    below.disturb('createWhole', { kind: 'hangs' });
    const all = Array.from({ length: 2 * callsAtOnce }, (_, n) => files.createWhole(at(String(n)), []));
    const refused = Promise.all(all.map(call => assert.rejects(call, late)));
    await passOver('createWhole');
    await refused;
    await assert.rejects(files.state(at('0')), late);
    assert.deepEqual([called('createWhole'), called('state')], [callsAtOnce, 0]);
    below.calm();
    while (called('remove') < callsAtOnce) await turn();
    assert.deepEqual(await files.list(folder), []);
  });
});
