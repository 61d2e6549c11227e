import assert from 'node:assert/strict';
import { maxAttempts } from '../../../domain/queues.ts';
import { writeMessage } from '../../../domain/messages.ts';
import {
  again,
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

/** What every broker of ours does, case by case. */
export const brokerContract = {
  'a message is confirmed by our own broker and reaches the handler as it was': async world => {
    const broker = await world.connect(own);
    const consumption = recordConsumption();
    broker.consume(kind, consumption);
    const message = buildMessage();
    assert.equal(await broker.publish(message), own);
    const [first] = await consumption.awaitHandled(1);
    assert.deepEqual(first?.message, message);
    assert.equal(first?.delivery.attempts, 0);
    assert.equal(first?.delivery.broker, own);
    assert.deepEqual(first?.delivery.payload, writeMessage(message));
  },

  'many messages in flight at once arrive once each': async world => {
    const broker = await world.connect(own);
    const consumption = recordConsumption();
    broker.consume(kind, consumption);
    const messages = Array.from({ length: 200 }, () => buildMessage());
    await Promise.all(messages.map(message => broker.publish(message)));
    const handled = await consumption.awaitHandled(messages.length);
    const documents = handled.map(({ message }) => message.document).sort();
    assert.deepEqual(documents, messages.map(({ document }) => document).sort());
  },

  'the peer takes what is published while our own broker is down, until it is back': async world => {
    const broker = await world.connect(own);
    await world.setDown(own, true);
    assert.equal(await broker.publish(buildMessage()), peer);
    assert.deepEqual(broker.health(), { odd: false, even: true });
    await world.setDown(own, false);
    assert.equal(await broker.publish(buildMessage()), own);
  },

  'the peer takes what is published while our own broker is blocked': async world => {
    const broker = await world.connect(own);
    await world.setBlocked(own, true);
    assert.equal(await broker.publish(buildMessage()), peer);
    await world.setBlocked(own, false);
    assert.equal(await broker.publish(buildMessage()), own);
  },

  'a publish is refused with a time to wait when no broker takes it': async world => {
    const broker = await world.connect(own);
    await world.setDown(own, true);
    await world.setBlocked(peer, true);
    assert.deepEqual(broker.health(), { odd: false, even: false });
    await assert.rejects(broker.publish(buildMessage()), {
      code: 'broker_unavailable',
      message: /the message: .*Try again\.$/,
      retryAfterS: 2,
    });
  },

  'a retry that counts comes back with one more attempt, and so does a handler that rejects': async world => {
    const broker = await world.connect(own);
    const answers = [
      async () => again(true),
      () => Promise.reject(new TypeError('broken')),
      async () => done,
    ];
    const consumption = recordConsumption({
      answer: async (_, before) => (answers[before] ?? answers[2])!(),
    });
    broker.consume(kind, consumption);
    await broker.publish(buildMessage());
    const handled = await consumption.awaitHandled(3);
    assert.deepEqual(attemptsOf(handled), [0, 1, 2]);
  },

  "a retry that is nobody's fault comes back with no more attempts": async world => {
    const broker = await world.connect(own);
    const consumption = recordConsumption({
      answer: async (_, before) => (before === 0 ? again(false) : done),
    });
    broker.consume(kind, consumption);
    await broker.publish(buildMessage());
    assert.deepEqual(attemptsOf(await consumption.awaitHandled(2)), [0, 0]);
  },

  'the last attempt that fails parks the message with its reason': async world => {
    const broker = await world.connect(own);
    const consumption = recordConsumption({ answer: () => Promise.reject(new TypeError('no such page')) });
    broker.consume(kind, consumption);
    await world.inject(own, kind, { ...readable(), trail: { attempts: maxAttempts - 1 } });
    const parked = await consumption.awaitParked();
    assert.equal(parked.why, 'attempts_exhausted');
    assert.equal(parked.lastReason, 'no such page');
    assert.deepEqual(attemptsOf(consumption.handled), [maxAttempts - 1]);
  },

  'a message with all its attempts behind it is parked without another': async world => {
    const broker = await world.connect(own);
    const consumption = recordConsumption();
    broker.consume(kind, consumption);
    await world.inject(own, kind, {
      ...readable(),
      trail: { attempts: maxAttempts, lastReason: 'too slow' },
    });
    const parked = await consumption.awaitParked();
    assert.deepEqual([parked.why, parked.lastReason], ['attempts_exhausted', 'too slow']);
    assert.deepEqual(consumption.handled, []);
  },

  'what the delivery limit has ended is parked, whichever broker it lies on': async world => {
    const broker = await world.connect(own);
    const consumption = recordConsumption();
    broker.consume(kind, consumption);
    await world.inject(peer, kind, { ...readable(), trail: { givenUp: true } });
    const parked = await consumption.awaitParked();
    assert.deepEqual([parked.why, parked.delivery.broker], ['delivery_limit', peer]);
    assert.deepEqual(consumption.handled, []);
  },

  'a message of an unknown schema is parked as it came': async world => {
    const broker = await world.connect(own);
    const consumption = recordConsumption();
    broker.consume(kind, consumption);
    const { document } = buildMessage();
    const payload = Buffer.from(JSON.stringify({ schema: 99, document, more: true }));
    await world.inject(own, kind, { payload });
    const parked = await consumption.awaitParked();
    assert.equal(parked.why, 'unknown_schema');
    assert.deepEqual(parked.delivery.read, { outcome: 'unknown_schema', document });
    assert.deepEqual(parked.delivery.payload, payload);
  },

  'a message that cannot be read is parked': async world => {
    const broker = await world.connect(own);
    const consumption = recordConsumption();
    broker.consume(kind, consumption);
    await world.inject(own, kind, { payload: Buffer.from('{"schema":') });
    const parked = await consumption.awaitParked();
    assert.deepEqual([parked.why, parked.lastReason], ['unreadable', 'not JSON']);
  },

  'a message of another kind is parked': async world => {
    const broker = await world.connect(own);
    const consumption = recordConsumption();
    broker.consume(kind, consumption);
    await world.inject(own, kind, { payload: writeMessage(buildMessage('document.stored')) });
    const parked = await consumption.awaitParked();
    assert.equal(parked.why, 'unreadable');
    assert.equal(parked.lastReason, 'a document.stored in the queue of document.accepted');
  },

  'parking that fails is tried again, with the same reason and no more attempts': async world => {
    const broker = await world.connect(own);
    let failures = 0;
    const park = async (): Promise<void> => {
      failures += 1;
      if (failures === 1) throw new TypeError('the database is away');
    };
    const consumption = recordConsumption({ park });
    broker.consume(kind, consumption);
    await world.inject(own, kind, { ...readable(), trail: { attempts: 3, givenUp: true } });
    const parked = await consumption.awaitParked();
    assert.deepEqual([parked.why, parked.delivery.attempts, failures], ['delivery_limit', 3, 2]);
    assert.deepEqual(consumption.handled, []);
  },
} satisfies Record<string, (world: BrokerWorld) => Promise<void>>;
