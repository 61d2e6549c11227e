import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { keepPhones } from './phone-journal.ts';
import { createPhones } from './phones.ts';
import type { PhoneEvent } from './phones.ts';

const received = (messageId: string, document: string): PhoneEvent => ({
  event: 'received',
  push: {
    recipient: { kind: 'token', value: 'anna' },
    messageId,
    title: 'Freight letter',
    body: '',
    link: '',
    document,
    version: '1',
    tag: '',
    at: 5,
  },
});

describe('keepPhones', () => {
  let folder: string;
  const journal = () => join(folder, 'phones.jsonl');
  const reopen = () => keepPhones(folder, createPhones());
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'parity-phones-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('shows after a restart what it showed before, and drops a repeat from before', async () => {
    const before = await reopen();
    await before.record(received('1', 'a'));
    await before.record(received('2', 'b'));
    await before.record({ event: 'dismissed', token: 'anna', key: 'a/1' });
    await before.close();

    const after = await reopen();
    assert.deepEqual(after.list(), before.list());
    await after.record(received('3', 'a'));
    assert.partialDeepStrictEqual(after.list()[0], { receivedCount: 3, shownCount: 2 });
    await after.close();
  });

  it('is one line per phone after opening, for its owner alone', async () => {
    const before = await reopen();
    for (const id of ['1', '2', '3']) await before.record(received(id, id));
    await before.close();
    await (await reopen()).close();
    assert.equal((await readFile(journal(), 'utf8')).split('\n').length, 2);
    assert.equal((await stat(journal())).mode & 0o777, 0o600);
  });

  it('drops a last line that was torn by a kill', async () => {
    const before = await reopen();
    await before.record(received('1', 'a'));
    await before.close();
    await appendFile(journal(), '{"event":"recei');
    const after = await reopen();
    assert.equal(after.list()[0]?.receivedCount, 1);
    await after.close();
  });

  it('refuses a line that it did not write, and says what to do', async () => {
    await writeFile(journal(), '{"event":"none"}\n');
    await assert.rejects(reopen(), {
      code: 'invalid_configuration',
      message: `${journal()} is damaged, or of a newer Parity: delete it, and start Parity again: the phones forget what they were shown.`,
    });
  });

  it('tells who listens about each phone that changed, and nobody after that', async () => {
    const phones = await reopen();
    const told: number[] = [];
    const stop = phones.onChange(phone => told.push(phone.receivedCount));
    await phones.record(received('1', 'a'));
    await phones.record({ event: 'dismissed', token: 'nobody', key: 'a/1' });
    stop();
    await phones.record(received('2', 'a'));
    assert.deepEqual(told, [1]);
    await phones.close();
  });
});
