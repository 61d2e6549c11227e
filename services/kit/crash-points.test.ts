import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { crashPoints } from './crash-points.ts';
import { testFolder } from './test-folder.ts';

/** Reaches all points in order in a process of its own; says the signal that ended it and the points passed. */
async function reachAll(crashFile: string) {
  const program = `
    import { crashAtFile, crashPoints } from ${JSON.stringify(import.meta.resolve('./crash-points.ts'))};
    import { writeSync } from 'node:fs';
    const reach = crashAtFile(${JSON.stringify(crashFile)});
    for (const point of crashPoints) { reach(point); writeSync(1, point + ' '); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let passed = '';
  child.stdout.on('data', chunk => (passed += String(chunk)));
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { signal, passed: passed.trim().split(' ') };
}

const fileOf = async (test: TestContext) => join(await testFolder(test), 'crash');

describe('crashAtFile', () => {
  it('dies at the point that the file names, once', async test => {
    const path = await fileOf(test);
    await writeFile(path, 'store.recorded\n');
    const first = await reachAll(path);
    assert.equal(first.signal, 'SIGKILL');
    assert.equal(first.passed.at(-1), 'store.encrypted');
    assert.equal(existsSync(path), false);
    assert.deepEqual(await reachAll(path), { signal: null, passed: crashPoints });
  });

  it('passes all points when the file names none of them', async test => {
    const path = await fileOf(test);
    await writeFile(path, 'store.');
    assert.deepEqual(await reachAll(path), { signal: null, passed: crashPoints });
    assert.equal(existsSync(path), true);
  });
});
