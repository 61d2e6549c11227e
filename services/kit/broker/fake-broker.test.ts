import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { manualClock } from '../manual-clock.ts';
import { systemClock, type Clock } from '../ports.ts';
import { brokerPairContract } from './broker-pair.contract.ts';
import { again, attemptsOf, buildMessage, done, kind, own, peer, type BrokerWorld } from './broker-world.ts';
import { brokerContract } from './broker.contract.ts';
import { FakeBrokers } from './fake-broker.ts';
import { recordConsumption } from './recorded-consumption.ts';

function fakeWorld(): BrokerWorld {
  const brokers = new FakeBrokers();
  return {
    connect: async cluster => brokers.connect(cluster),
    setDown: async (broker, down) => brokers.setDown(broker, down),
    setBlocked: async (broker, blocked) => brokers.setBlocked(broker, blocked),
    inject: async (broker, kind, message) => brokers.inject(broker, kind, message),
    close: async () => {},
  };
}

describe('FakeBrokers, as every broker', () => {
  for (const [sentence, holds] of Object.entries({ ...brokerContract, ...brokerPairContract })) {
    it(sentence, () => holds(fakeWorld()));
  }
});

describe('FakeBrokers', () => {
  it('shows what was published and what waits', async () => {
    const brokers = new FakeBrokers();
    const message = buildMessage();
    brokers.setBlocked(own, true);
    await brokers.connect(own).publish(message);
    assert.deepEqual(brokers.published, [{ broker: peer, message }]);
    assert.equal(brokers.ready(peer, kind).length, 1);
    assert.equal(brokers.ready(own, kind).length, 0);
  });

  it('is idle when nothing is worked on and nothing comes again', async () => {
    const brokers = new FakeBrokers();
    const broker = brokers.connect(own);
    const consumption = recordConsumption({ answer: async (_, before) => (before < 5 ? again(true) : done) });
    broker.consume(kind, consumption);
    await broker.publish(buildMessage());
    await brokers.idle();
    assert.deepEqual(attemptsOf(consumption.handled), [0, 1, 2, 3, 4, 5]);
  });

  it('counts what waits for its next try', async () => {
    const clock = manualClock();
    const brokers = new FakeBrokers({ clock });
    const broker = brokers.connect(own);
    const consumption = recordConsumption({ answer: async (_, before) => (before < 1 ? again(true) : done) });
    broker.consume(kind, consumption);
    await broker.publish(buildMessage());
    await brokers.settled();
    assert.equal(await broker.waiting(kind), 1);
    clock.advance(500);
    await brokers.idle();
    assert.equal(await broker.waiting(kind), 0);
  });

  it('delays retries by the clock it is given, as the catalogue says', async () => {
    const delays: number[] = [];
    const clock: Clock = { ...systemClock, delay: async ms => void delays.push(ms) };
    const brokers = new FakeBrokers({ clock });
    const broker = brokers.connect(own);
    broker.consume(
      kind,
      recordConsumption({ answer: async (_, before) => (before < 6 ? again(false) : done) }),
    );
    await broker.publish(buildMessage());
    await brokers.idle();
    assert.deepEqual(delays, [500, 2_000, 10_000, 30_000, 30_000, 30_000]);
  });
});
