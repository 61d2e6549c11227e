import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { StoredMessage } from '../../domain/messages.ts';
import { parities } from '../../domain/parity.ts';
import { FakeBrokers } from '../kit/broker/fake-broker.ts';
import { notifyOwner } from './notify-owner.ts';
import { notifyingWorld } from './notifying-world.ts';
import type { PushSender } from './push/push-sender.ts';

const unavailable = { kind: 'retry_later', afterMs: 10_000, reason: 'unavailable' } as const;

/** Both clusters' notification at work, with an FCM that can be taken away. */
async function world(test: TestContext) {
  const shared = await notifyingWorld(test);
  const phone = await shared.register('phone');
  const brokers = new FakeBrokers({ clock: shared.clock });
  const fcm = { isDown: true, tries: 0 };
  const sender: PushSender = {
    ...shared.phones,
    send: async push => {
      fcm.tries += 1;
      return fcm.isDown ? unavailable : shared.phones.send(push);
    },
  };
  for (const cluster of parities) {
    const notifying = shared.process({ cluster, sender });
    brokers.connect(cluster).consume('document.stored', {
      prefetch: 64,
      handle: message => notifyOwner(notifying, message as StoredMessage),
      park: async () => assert.fail('nothing is parked'),
    });
  }
  const broker = brokers.connect('odd');
  return {
    ...shared,
    fcm,
    announce: async (key: string) => void (await broker.publish(await shared.store(key))),
    /** Lets a second pass; how often FCM was asked in it. */
    second: async () => {
      const before = fcm.tries;
      shared.pass(1_000);
      await brokers.settled();
      return fcm.tries - before;
    },
    documentsTold: () => shared.phones.received(phone).map(({ document }) => document),
  };
}

describe('notifyOwner, with FCM down for an hour (failures.md 48)', () => {
  it('tells each owner once afterwards, without a herd', async test => {
    const { announce, second, fcm, documentsTold } = await world(test);
    const documents = 15;
    for (let n = 0; n < documents; n++) {
      await announce(`key-${n}`);
      await second();
      await second();
    }
    let tries = 0;
    for (let s = 0; s < 3_600; s++) tries += await second();
    // Each waits for what FCM asks for, and its message for the longest pause.
    assert.ok(tries <= documents * (3_600 / 30 + 1), `${tries} tries`);
    fcm.isDown = false;
    const afterwards = [];
    for (let s = 0; s < 35; s++) afterwards.push(await second());
    assert.equal(documentsTold().length, documents);
    assert.equal(new Set(documentsTold()).size, documents);
    assert.ok(Math.max(...afterwards) <= 2, `${afterwards.join(' ')} in a second`);
  });

  it('repeats ever more seldom what nobody knows the outcome of, until its link ends', async test => {
    const shared = await notifyingWorld(test);
    const phone = await shared.register('phone');
    const unanswered = {
      outcome: { kind: 'unknown', reason: 'no answer within 10000 ms' },
      arrives: true,
    } as const;
    shared.phones.script(phone, ...Array<typeof unanswered>(3_000).fill(unanswered));
    const message = await shared.store();
    let verdict = await notifyOwner(shared.process(), message);
    for (let minutes = 0; verdict.verdict === 'retry'; minutes += 5) {
      assert.ok(minutes <= 24 * 60);
      shared.pass(5 * 60_000);
      verdict = await notifyOwner(shared.process(), message);
    }
    assert.deepEqual(await shared.pushes(message), { phone: 'expired' });
    const repeats = shared.phones.received(phone).length;
    assert.ok(repeats > 24 && repeats <= 32, `${repeats} pushes`);
    assert.equal(shared.phones.shown(phone).length, 1);
  });

  it('tells nobody of what waited for longer than its link lives', async test => {
    const { announce, second, pass, fcm, documentsTold } = await world(test);
    await announce('stale');
    for (let s = 0; s < 60; s++) await second();
    pass(24 * 3_600_000);
    await announce('fresh');
    for (let s = 0; s < 60; s++) await second();
    fcm.isDown = false;
    for (let s = 0; s < 60; s++) await second();
    assert.equal(documentsTold().length, 1);
  });
});
