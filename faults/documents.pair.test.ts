import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { peerOf, type Parity } from '../domain/parity.ts';
import type { Acknowledged, Driver } from './driver.ts';
import { assertWhole, untilNotified } from './expectations.ts';
import { startPairProcess, type RunningPair } from './running-pair.ts';
import { sampleDocuments, type SampleDocument } from './sample-documents.ts';

/** Uploads under way at once. */
const drivers = 8;
let pair: RunningPair;
let driver: Driver;

before(async () => {
  pair = await startPairProcess();
  driver = await pair.driver('anna');
});
after(async () => {
  await pair.stop();
  await pair.forget();
});

async function sendAll(samples: readonly SampleDocument[], atHalf: () => Promise<unknown> = async () => {}) {
  const acknowledged: Acknowledged[] = [];
  const left = [...samples];
  let halfway: Promise<unknown> = Promise.resolve();
  const send = async () => {
    for (let sample = left.shift(); sample !== undefined; sample = left.shift()) {
      acknowledged.push(await driver.send(sample));
      if (acknowledged.length === Math.floor(samples.length / 2)) halfway = atHalf();
    }
  };
  await Promise.all(Array.from({ length: drivers }, send));
  await halfway;
  return acknowledged;
}

function killedHalfway(parity: Parity, what: string) {
  return async () => {
    await pair.parity('local', 'kill', parity, '--what', what);
  };
}

describe('documents through the pair', () => {
  it('200 of them, photos and PDFs from 1 KB to 20 MB, arrive whole and are told of once', async () => {
    const acknowledged = await sendAll(sampleDocuments(200, 'calm'));
    await untilNotified(driver, acknowledged);
    await assertWhole(pair, driver, acknowledged);
  });

  for (const [parity, seed] of [
    ['odd', 'odd-dies'],
    ['even', 'even-dies'],
  ] as const) {
    it(`200 more with all of ${parity} killed in the middle: stored before it is healed, and nothing twice after`, async () => {
      const acknowledged = await sendAll(sampleDocuments(200, seed), killedHalfway(parity, 'all'));
      await untilNotified(driver, acknowledged);
      await assertWhole(pair, driver, acknowledged);
      await pair.parity('local', 'heal', parity);
      await pair.untilReady(parity);
      await assertWhole(pair, driver, acknowledged);
    });
  }

  it('60 more with the live cluster’s broker killed: stored before it is healed', async () => {
    const acknowledged = await sendAll(sampleDocuments(60, 'broker-dies'), killedHalfway('odd', 'broker'));
    await untilNotified(driver, acknowledged);
    await assertWhole(pair, driver, acknowledged);
    await pair.parity('local', 'heal', 'odd');
    await pair.untilReady('odd');
  });
});

describe('one key sent to both clusters at once', () => {
  it('is one document and a 202, also when the winner dies right after the name exists', async () => {
    const [sample] = sampleDocuments(1, 'twice');
    assert.ok(sample);
    const { died } = await pair.crashAt('accept.named');
    const options = { key: 'one-key-two-clusters' };
    const sent = await Promise.all([
      driver.send(sample, { ...options, to: pair.gateways.odd }),
      driver.send(sample, { ...options, to: pair.gateways[peerOf('odd')] }),
    ]);
    await died;
    assert.equal(sent[0].id, sent[1].id);
    await untilNotified(driver, sent);
    await assertWhole(pair, driver, sent.slice(0, 1));
  });
});
