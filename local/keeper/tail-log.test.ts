import assert from 'node:assert/strict';
import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { testFolder } from '../../services/kit/test-folder.ts';
import { tailLog } from './tail-log.ts';

async function aTail(test: TestContext) {
  const file = join(await testFolder(test), 'access.jsonl');
  const open = () => {
    const tail = tailLog(file);
    test.after(() => tail.close());
    return async () => {
      const lines: string[] = [];
      await tail.read(line => void lines.push(line));
      return lines;
    };
  };
  return { file, open };
}

describe('tailLog', () => {
  it('gives each line once, when it is whole', async test => {
    const { file, open } = await aTail(test);
    const read = open();
    assert.deepEqual(await read(), []);
    await writeFile(file, 'one\ntwo\nth');
    assert.deepEqual(await read(), ['one', 'two']);
    await appendFile(file, 'ree ü\n');
    assert.deepEqual(await read(), ['three ü']);
    assert.deepEqual(await read(), []);
  });

  it('loses nothing when the log is put aside, also of what is still written there', async test => {
    const { file, open } = await aTail(test);
    const read = open();
    await writeFile(file, 'one\n');
    assert.deepEqual(await read(), ['one']);
    await appendFile(file, 'two\n');
    await rename(file, `${file}.1`);
    assert.deepEqual(await read(), ['two']);
    await appendFile(`${file}.1`, 'three\n');
    await writeFile(file, 'four\n');
    assert.deepEqual(await read(), ['three', 'four']);
    await appendFile(file, 'five\n');
    assert.deepEqual(await read(), ['five']);
  });

  it('begins with what was put aside', async test => {
    const { file, open } = await aTail(test);
    await writeFile(`${file}.1`, 'one\n');
    await writeFile(file, 'two\n');
    assert.deepEqual(await open()(), ['one', 'two']);
  });

  it('gives each line once also while there is nothing but what was put aside', async test => {
    const { file, open } = await aTail(test);
    const read = open();
    await writeFile(`${file}.1`, 'one\n');
    assert.deepEqual(await read(), ['one']);
    assert.deepEqual(await read(), []);
    await appendFile(`${file}.1`, 'two\n');
    await writeFile(file, 'three\n');
    assert.deepEqual(await read(), ['two', 'three']);
  });

  it('reads lines that are longer than it reads at once', async test => {
    const { file, open } = await aTail(test);
    const long = 'ü'.repeat(300_000);
    await writeFile(file, `${long}\n${long}\n`);
    assert.deepEqual(await open()(), [long, long]);
  });
});
