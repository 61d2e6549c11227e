import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import {
  attemptsOf,
  buildMessage,
  done,
  kind,
  own,
  peer,
  readable,
  type BrokerWorld,
} from './broker-world.ts';
import { recordConsumption } from './recorded-consumption.ts';

/** Long enough for a local broker to deliver what it ought not to. */
const quietMs = 200;

/** What every broker of ours does when clusters, brokers or consumers come and go, case by case. */
export const brokerPairContract = {
  "what lies on the peer's broker without a consumer there comes to us": async world => {
    const [broker, neighbour] = await Promise.all([world.connect(own), world.connect(peer)]);
    const consumption = recordConsumption();
    broker.consume(kind, consumption);
    const message = buildMessage();
    assert.equal(await neighbour.publish(message), peer);
    const [first] = await consumption.awaitHandled(1);
    assert.deepEqual([first?.delivery.broker, first?.message.document], [peer, message.document]);
  },

  'the consumers of a cluster come first at its own broker': async world => {
    const [broker, neighbour] = await Promise.all([world.connect(own), world.connect(peer)]);
    const theirs = recordConsumption();
    neighbour.consume(kind, theirs);
    await broker.publish(buildMessage());
    await theirs.awaitHandled(1);
    const ours = recordConsumption();
    broker.consume(kind, ours);
    while (ours.handled.length === 0) {
      await broker.publish(buildMessage());
      await wait(1);
    }
    await wait(quietMs);
    const seen = { ours: ours.handled.length, theirs: theirs.handled.length };
    for (let count = 0; count < 10; count += 1) await broker.publish(buildMessage());
    await ours.awaitHandled(seen.ours + 10);
    assert.equal(theirs.handled.length, seen.theirs);
  },

  'no more than the prefetch is worked on at once': async world => {
    const broker = await world.connect(own);
    const gate = Promise.withResolvers<void>();
    const answer = () => gate.promise.then(() => done);
    const consumption = recordConsumption({ answer, prefetch: 2 });
    broker.consume(kind, consumption);
    for (let count = 0; count < 5; count += 1) await broker.publish(buildMessage());
    await consumption.awaitHandled(2);
    await wait(quietMs);
    assert.equal(consumption.handled.length, 2);
    assert.deepEqual(await broker.depth(kind, own), { ready: 3 });
    gate.resolve();
    await consumption.awaitHandled(5);
  },

  'closing lets what is being worked on end, and takes nothing new': async world => {
    const [broker, other] = await Promise.all([world.connect(own), world.connect(own)]);
    const gate = Promise.withResolvers<void>();
    const consumption = recordConsumption({ answer: () => gate.promise.then(() => done) });
    broker.consume(kind, consumption);
    await broker.publish(buildMessage());
    await consumption.awaitHandled(1);
    let closed = false;
    const closing = broker.close().then(() => (closed = true));
    await wait(quietMs);
    assert.equal(closed, false);
    await other.publish(buildMessage());
    gate.resolve();
    await closing;
    assert.equal(consumption.handled.length, 1);
    assert.deepEqual(await other.depth(kind, own), { ready: 1 });
    await assert.rejects(broker.publish(buildMessage()), { code: 'broker_unavailable', message: /closed/ });
  },

  'a message whose broker goes away comes again, and the late answer harms nothing': async world => {
    const broker = await world.connect(own);
    const gate = Promise.withResolvers<void>();
    const consumption = recordConsumption({
      answer: (_, before) => (before === 0 ? gate.promise : wait(0)).then(() => done),
    });
    broker.consume(kind, consumption);
    await broker.publish(buildMessage());
    await consumption.awaitHandled(1);
    await world.setDown(own, true);
    await world.setDown(own, false);
    assert.deepEqual(attemptsOf(await consumption.awaitHandled(2)), [0, 1]);
    gate.resolve();
    await broker.publish(buildMessage());
    assert.deepEqual(attemptsOf(await consumption.awaitHandled(3)), [0, 1, 0]);
    assert.deepEqual(await broker.depth(kind, own), { ready: 0 });
  },

  'consuming goes on when both brokers come back': async world => {
    const broker = await world.connect(own);
    const consumption = recordConsumption();
    broker.consume(kind, consumption);
    for (const each of [own, peer]) await world.setDown(each, true);
    for (const each of [own, peer]) await world.setDown(each, false);
    for (const each of [own, peer]) await world.inject(each, kind, readable());
    const brokers = (await consumption.awaitHandled(2)).map(({ delivery }) => delivery.broker);
    assert.deepEqual(brokers.sort(), [own, peer].sort());
  },

  'depth counts what waits, and is not known of a broker that is down': async world => {
    const broker = await world.connect(own);
    assert.deepEqual(await broker.depth(kind, own), { ready: 0 });
    await broker.publish(buildMessage());
    assert.deepEqual(await broker.depth(kind, own), { ready: 1 });
    assert.deepEqual(await broker.depth('document.stored', own), { ready: 0 });
    await world.setDown(own, true);
    assert.equal(await broker.depth(kind, own), undefined);
  },

  'what waits is counted on all brokers that answer': async world => {
    const broker = await world.connect(own);
    await broker.publish(buildMessage());
    await world.inject(peer, kind, readable());
    assert.equal(await broker.waiting(kind), 2);
    assert.equal(await broker.waiting('document.stored'), 0);
    await world.setDown(own, true);
    assert.equal(await broker.waiting(kind), 1);
  },
} satisfies Record<string, (world: BrokerWorld) => Promise<void>>;
