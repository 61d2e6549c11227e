import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { queueNames } from '../../../domain/queues.ts';
import type { Parity } from '../../../domain/parity.ts';
import { systemClock } from '../ports.ts';
import { brokerPairContract } from './broker-pair.contract.ts';
import { again, attemptsOf, buildMessage, done, kind, own, peer, readable } from './broker-world.ts';
import { brokerContract } from './broker.contract.ts';
import { noObserver } from './endpoint.ts';
import { openRabbitMqWorld, until, type RabbitMqWorld } from './rabbitmq-world.ts';
import { recordConsumption } from './recorded-consumption.ts';
import { testBrokerUrls } from './test-brokers.ts';

const limits = { concurrency: 3, timeout: 60_000 };

async function inWorld(test: TestContext): Promise<RabbitMqWorld> {
  const world = await openRabbitMqWorld();
  test.after(() => world.close());
  return world;
}

describe('connectBroker, as every broker', limits, () => {
  for (const [sentence, holds] of Object.entries({ ...brokerContract, ...brokerPairContract })) {
    it(sentence, async test => holds(await inWorld(test)));
  }
});

describe('connectBroker: publishing', limits, () => {
  it('comes up while both brokers are down, and finds them when they are back', async test => {
    const world = await inWorld(test);
    for (const parity of [own, peer]) world.proxies[parity].cut();
    const broker = await world.connect(own);
    assert.deepEqual(broker.health(), { odd: false, even: false });
    await assert.rejects(broker.publish(buildMessage()), { code: 'broker_unavailable' });
    for (const parity of [own, peer]) await world.setDown(parity, false);
    assert.equal(await broker.publish(buildMessage()), own);
  });

  it('takes a message that no queue took for a failure, and counts it', async test => {
    const world = await inWorld(test);
    const returned: string[] = [];
    const broker = await world.connect(own, {
      observer: { ...noObserver, returned: parity => returned.push(parity) },
    });
    const { work } = queueNames(kind, world.release);
    for (const parity of [own, peer]) await world.channels[parity].unbindQueue(work, 'parity', work);
    const message = new RegExp(`no queue takes ${work}\\. .*no queue takes ${work}\\. Try again\\.`);
    await assert.rejects(broker.publish(buildMessage()), { code: 'broker_unavailable', message });
    assert.deepEqual(returned, [own, peer]);
  });

  it("gives what our own broker nacks to the peer's", async test => {
    const world = await inWorld(test);
    const broker = await world.connect(own);
    world.proxies[own].rewriteAnswers(nacksForAcks);
    assert.equal(await broker.publish(buildMessage()), peer);
    world.proxies[peer].rewriteAnswers(nacksForAcks);
    await assert.rejects(broker.publish(buildMessage()), { code: 'broker_unavailable', message: /nacked/ });
  });

  it('repeats a publish whose confirm never comes at the peer, with the same id, and no other waits', async test => {
    const world = await inWorld(test);
    const confirmMs = 2_000;
    const broker = await world.connect(own, { timing: { confirmMs } });
    world.proxies[own].rewriteAnswers(() => Buffer.alloc(0));
    assert.equal(await broker.publish(buildMessage()), peer);
    const ids = [await idOfFirst(world, own), await idOfFirst(world, peer)];
    assert.match(String(ids[0]), /^[0-9a-f]{32}$/);
    assert.equal(ids[0], ids[1]);
    const startedAt = performance.now();
    assert.equal(await broker.publish(buildMessage()), peer);
    assert.ok(performance.now() - startedAt < confirmMs);
  });

  it('notices by itself that an idle broker is frozen, and that it is back', async test => {
    const world = await inWorld(test);
    const broker = await world.connect(own, { timing: { confirmMs: 2_000 } });
    world.proxies[own].freeze();
    await until(() => !broker.health()[own]);
    world.proxies[own].mend();
    await until(() => broker.health()[own]);
    assert.equal(await broker.publish(buildMessage()), own);
  });

  it('knows of no depth on a frozen broker', async test => {
    const world = await inWorld(test);
    const broker = await world.connect(own, { timing: { connectMs: 500 } });
    world.proxies[peer].freeze();
    assert.equal(await broker.depth(kind, peer), undefined);
  });
});

describe('connectBroker: consuming', limits, () => {
  it('counts what waits for its next try', async test => {
    const world = await inWorld(test);
    const broker = await world.connect(own);
    const consumption = recordConsumption({ answer: async () => again(false) });
    broker.consume(kind, consumption);
    await world.inject(peer, kind, { ...readable(), trail: { retries: 3 } });
    await consumption.awaitHandled(1);
    while ((await broker.waiting(kind)) !== 1) await systemClock.delay(20);
  });

  it("has a dead process's messages with the peer at once, not when its heartbeats are missed", async test => {
    const world = await inWorld(test);
    const [dying, survivor] = [
      await world.connect(own),
      await world.connect(peer, { urls: testBrokerUrls() }),
    ];
    const stuck = recordConsumption({ answer: () => new Promise(() => {}) });
    dying.consume(kind, stuck);
    await survivor.publish(buildMessage());
    await dying.publish(buildMessage());
    await stuck.awaitHandled(2);
    const rescue = recordConsumption();
    survivor.consume(kind, rescue);
    const diedAt = performance.now();
    for (const parity of [own, peer]) world.proxies[parity].cut();
    assert.deepEqual(attemptsOf(await rescue.awaitHandled(2)), [1, 1]);
    const tookMs = performance.now() - diedAt;
    test.diagnostic(`with the peer after ${tookMs.toFixed(0)} ms (1,000 are promised)`);
    assert.ok(tookMs < 5_000, `${tookMs} ms`);
  });

  it("has a frozen process's messages with the peer once its heartbeats are missed", async test => {
    const world = await inWorld(test);
    const frozen = await world.connect(own, { timing: { heartbeatS: 1 } });
    const survivor = await world.connect(peer, { urls: testBrokerUrls() });
    const stuck = recordConsumption({ answer: () => new Promise(() => {}) });
    frozen.consume(kind, stuck);
    await frozen.publish(buildMessage());
    await stuck.awaitHandled(1);
    const rescue = recordConsumption();
    survivor.consume(kind, rescue);
    for (const parity of [own, peer]) world.proxies[parity].freeze();
    assert.deepEqual(attemptsOf(await rescue.awaitHandled(1)), [1]);
  });

  it('parks what the delivery limit has taken out of the work queue', async test => {
    const world = await inWorld(test);
    const broker = await world.connect(own);
    await broker.publish(buildMessage());
    await rejectUntilGone(world);
    const consumption = recordConsumption();
    broker.consume(kind, consumption);
    assert.equal((await consumption.awaitParked()).why, 'delivery_limit');
    assert.deepEqual(consumption.handled, []);
  });

  it('attaches again when the broker cancels the consumer', async test => {
    const world = await inWorld(test);
    const broker = await world.connect(own);
    const consumption = recordConsumption();
    broker.consume(kind, consumption);
    await broker.publish(buildMessage());
    await consumption.awaitHandled(1);
    const { work } = queueNames(kind, world.release);
    await world.channels[own].deleteQueue(work);
    await untilTaken(() => broker.publish(buildMessage()), own);
    await consumption.awaitHandled(2);
  });

  it('keeps a message whose copy no broker takes, and puts the copy back later', async test => {
    const world = await inWorld(test);
    const broker = await world.connect(own);
    const gate = Promise.withResolvers<void>();
    const answers = [() => gate.promise.then(() => again(true)), async () => done];
    const consumption = recordConsumption({ answer: (_, before) => (answers[before] ?? answers[1])!() });
    broker.consume(kind, consumption);
    await broker.publish(buildMessage());
    await consumption.awaitHandled(1);
    await world.setBlocked(own, true);
    gate.resolve();
    await world.setBlocked(own, false);
    assert.deepEqual(attemptsOf(await consumption.awaitHandled(2)), [0, 1]);
  });
});

/** Turns every basic.ack (60.80) into a basic.nack (60.120): their arguments are equally long. */
function nacksForAcks(bytes: Buffer): Buffer {
  const ack = Buffer.from([0, 0, 0, 13, 0, 60, 0, 80]);
  const changed = Buffer.from(bytes);
  for (let at = changed.indexOf(ack); at >= 0; at = changed.indexOf(ack, at + 1))
    changed[at + ack.length - 1] = 120;
  return changed;
}

async function idOfFirst(world: RabbitMqWorld, parity: Parity): Promise<unknown> {
  const got = await world.channels[parity].get(queueNames(kind, world.release).work, { noAck: true });
  return got === false ? undefined : got.properties.messageId;
}

/** As a consumer that dies each time: `reject` counts towards the limit, `nack` no longer does (RabbitMQ 4.3). */
async function rejectUntilGone(world: RabbitMqWorld): Promise<void> {
  const { work, dead } = queueNames(kind, world.release);
  const channel = world.channels[own];
  while ((await channel.checkQueue(dead)).messageCount === 0) {
    const got = await channel.get(work);
    if (got !== false) channel.reject(got, true);
  }
}

/** Publishes until `parity` takes it: its queue may not be there yet. */
async function untilTaken(publish: () => Promise<Parity>, parity: Parity): Promise<void> {
  while ((await publish()) !== parity) await systemClock.delay(20);
}
