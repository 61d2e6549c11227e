import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parities } from '../domain/parity.ts';
import { untilNotified } from './expectations.ts';
import { startPairProcess, type RunningPair } from './running-pair.ts';
import { sampleDocuments } from './sample-documents.ts';

const megabyte = 1024 * 1024;
const warmStartWithinS = 10;
const idleWithinBytes = 250 * megabyte;

let pair: RunningPair;

before(async () => {
  pair = await startPairProcess();
});
after(async () => {
  await pair.stop();
  await pair.forget();
});

describe('a process with all services', () => {
  it('holds at most 250 MB when it is idle', async () => {
    for (const parity of parities) {
      const bytes = await pair.residentBytes(parity);
      assert.ok(bytes < idleWithinBytes, `${parity}: ${Math.round(bytes / megabyte)} MB`);
    }
  });
});

describe('a restart', () => {
  it('takes at most 10 seconds and keeps everything', async () => {
    const driver = await pair.driver('carla');
    const acknowledged = await Promise.all(sampleDocuments(5, 'kept').map(sample => driver.send(sample)));
    await untilNotified(driver, acknowledged);
    const before = await driver.list();
    const shownBefore = await pair.phone(driver.installation);
    await pair.stop();
    pair = await pair.restart();
    assert.ok(pair.startedInS < warmStartWithinS, `${pair.startedInS.toFixed(1)} s`);
    assert.deepEqual(await driver.list(), before);
    assert.deepEqual(await pair.phone(driver.installation), shownBefore);
  });
});
