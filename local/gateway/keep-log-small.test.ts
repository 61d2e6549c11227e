import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import type { Clock } from '../../services/kit/ports.ts';
import { testFolder } from '../../services/kit/test-folder.ts';
import { keepLogSmall } from './keep-log-small.ts';

/** A log that is looked at `looks` times, of an Envoy that opens a new one unless it is told not to. */
async function aLog(test: TestContext, text: string) {
  const folder = await testFolder(test);
  const file = join(folder, 'access.jsonl');
  await writeFile(file, text);
  const keep = async (looks: number, reopenLogs = () => writeFile(file, 'new')) => {
    const ended = new AbortController();
    let left = looks;
    const clock: Clock = {
      now: () => 0,
      monotonic: () => 0,
      delay: async () => {
        if (left-- === 0) ended.abort();
      },
    };
    await keepLogSmall({ folder, admin: { reopenLogs }, clock, maxBytes: 10 }, ended.signal);
  };
  return { folder, file, keep };
}

describe('keepLogSmall', () => {
  it('leaves a small one alone', async test => {
    const { folder, file, keep } = await aLog(test, 'small');
    await keep(3, () => Promise.reject(new TypeError('nobody asks')));
    assert.equal(await readFile(file, 'utf8'), 'small');
    assert.deepEqual(await readdir(folder), ['access.jsonl']);
  });

  it('puts a large one aside, once', async test => {
    const { folder, file, keep } = await aLog(test, 'larger than ten');
    await keep(3);
    assert.equal(await readFile(file, 'utf8'), 'new');
    assert.equal(await readFile(`${file}.1`, 'utf8'), 'larger than ten');
    assert.equal((await readdir(folder)).length, 2);
  });

  it('asks again for a new one when nobody answered, and loses nothing of the old one', async test => {
    const { file, keep } = await aLog(test, 'larger than ten');
    let asked = 0;
    await keep(3, async () => {
      if (++asked === 1) throw new ParityError('unreachable', 'The gateway does not answer: is it running?');
      await writeFile(file, 'new');
    });
    assert.equal(asked, 2);
    assert.equal(await readFile(`${file}.1`, 'utf8'), 'larger than ten');
  });
});
