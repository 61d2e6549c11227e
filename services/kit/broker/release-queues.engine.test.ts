import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { queueNames } from '../../../domain/queues.ts';
import { parseRelease } from '../../../domain/release.ts';
import { systemClock } from '../ports.ts';
import { buildMessage, kind, own, peer } from './broker-world.ts';
import { recordConsumption } from './recorded-consumption.ts';
import { releaseQueues } from './release-queues.ts';
import { openRabbitMqWorld, type RabbitMqWorld } from './rabbitmq-world.ts';
import { testBrokerUrls } from './test-brokers.ts';

const limits = { concurrency: 3, timeout: 60_000 };

async function inWorld(test: TestContext) {
  const world = await openRabbitMqWorld();
  test.after(() => world.close());
  const queues = releaseQueues({ url: testBrokerUrls()[own], clock: systemClock });
  return { world, queues };
}

async function readyOf(world: RabbitMqWorld, queue: string): Promise<number> {
  return (await world.channels[own].checkQueue(queue)).messageCount;
}

describe('releaseQueues', limits, () => {
  it('has a publish come back once a release is unbound, also twice, and keeps what is there', async test => {
    const { world, queues } = await inWorld(test);
    const broker = await world.connect(own);
    await broker.publish(buildMessage());
    await queues.unbind(world.release);
    await queues.unbind(world.release);
    world.proxies[peer].cut();
    await assert.rejects(broker.publish(buildMessage()), {
      code: 'broker_unavailable',
      message: /no queue takes documents\.accepted/,
    });
    assert.equal(await readyOf(world, queueNames(kind, world.release).work), 1);
  });

  it('says what is there, who reads it, and nothing of a release that never was', async test => {
    const { world, queues } = await inWorld(test);
    const broker = await world.connect(own);
    await broker.publish(buildMessage());
    const contents = await queues.contents(world.release);
    assert.equal(contents.length, 12);
    assert.deepEqual(
      contents.filter(({ ready }) => ready > 0),
      [{ name: queueNames(kind, world.release).work, ready: 1, consumers: 0 }],
    );
    assert.deepEqual(await queues.contents(parseRelease('999999.9')), []);
  });

  it('deletes what is empty and unread, and nothing else', async test => {
    const { world, queues } = await inWorld(test);
    const broker = await world.connect(own);
    await broker.publish(buildMessage());
    const { work } = queueNames(kind, world.release);
    await assert.rejects(queues.deleteEmpty(world.release), {
      code: 'would_lose',
      message: `${work} is not deleted: it still has 1 messages and 0 consumers.`,
    });
    await world.channels[own].purgeQueue(work);
    await broker.close();
    await queues.deleteEmpty(world.release);
    assert.deepEqual(await queues.contents(world.release), []);
    await queues.deleteEmpty(world.release);
  });

  it('hands what nobody reads any more over to the heir, with its trail, who works on it', async test => {
    const { world, queues } = await inWorld(test);
    const { world: heirs } = await inWorld(test);
    const gone = await world.connect(own);
    for (let count = 0; count < 3; count++) await gone.publish(buildMessage());
    await world.inject(own, kind, { payload: Buffer.from('{}'), trail: { attempts: 5, givenUp: true } });
    await gone.close();
    const heir = await heirs.connect(own);
    const seen = recordConsumption();
    heir.consume(kind, seen);
    assert.equal(await queues.handOver(world.release, heirs.release), 4);
    await seen.awaitHandled(3);
    assert.equal((await seen.awaitParked()).why, 'delivery_limit');
    await queues.deleteEmpty(world.release);
  });

  it('takes nothing from a queue that is still read', async test => {
    const { world, queues } = await inWorld(test);
    const broker = await world.connect(own);
    broker.consume(kind, recordConsumption());
    while ((await queues.contents(world.release)).every(({ consumers }) => consumers === 0)) {
      await systemClock.delay(20);
    }
    assert.equal(await queues.handOver(world.release, parseRelease('999999.9')), 0);
    await assert.rejects(queues.deleteEmpty(world.release), { code: 'would_lose' });
  });

  it('leaves a message where it is when the heir has no queue', async test => {
    const { world, queues } = await inWorld(test);
    const broker = await world.connect(own);
    await broker.publish(buildMessage());
    await assert.rejects(queues.handOver(world.release, parseRelease('999999.9')), {
      code: 'unreachable',
      message: /^There is no documents\.accepted\.s999999\.9 that could take over what is left in/,
    });
    const { work } = queueNames(kind, world.release);
    while ((await readyOf(world, work)) !== 1) await systemClock.delay(20);
  });

  it('says that a broker is away', async () => {
    const nobody = releaseQueues({ url: 'amqp://u:secret@127.0.0.1:9', clock: systemClock });
    await assert.rejects(nobody.contents(parseRelease('1')), error => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /^The broker at 127\.0\.0\.1:9 does not answer: /);
      assert.ok(!error.message.includes('secret'));
      return true;
    });
  });
});
