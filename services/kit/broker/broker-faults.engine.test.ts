import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isParityError } from '../../../domain/errors.ts';
import { perParity } from '../../../domain/parity.ts';
import { parseRelease } from '../../../domain/release.ts';
import { startRabbitMq, type RabbitMqOptions, type RunningBroker } from '../../../local/engines/rabbitmq.ts';
import { silentLog, type Log } from '../logger.ts';
import { systemClock, systemRandom } from '../ports.ts';
import type { Broker } from './broker.ts';
import { buildMessage, done, kind, own, peer } from './broker-world.ts';
import { connectBroker } from './rabbitmq-broker.ts';
import { recordConsumption } from './recorded-consumption.ts';
import { until } from './rabbitmq-world.ts';

const lanes = 32;

/** Where nothing listens, so that the peer saves nothing. */
const nobody = 'amqp://127.0.0.1:1';

interface Mortal {
  /** As a service sees it whose peer's broker is away. */
  connect(log?: Log): Promise<Broker>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Applies a policy to all queues. */
  setPolicy(definition: Readonly<Record<string, number>>): Promise<void>;
}

/** A broker that may be killed: the test runner's are everybody's. */
async function startMortal(test: TestContext): Promise<Mortal> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-broker-'));
  const options: RabbitMqOptions = { machine: { env: process.env, progress: () => {} }, name: own, folder };
  let engine: RunningBroker = await startRabbitMq(options);
  test.after(async () => {
    await engine.stop();
    await rm(folder, { recursive: true });
  });
  return {
    connect: async (log = silentLog) => {
      const urls = perParity(parity => (parity === own ? engine.url : nobody));
      const world = { clock: systemClock, random: systemRandom, log, release: parseRelease('42') };
      const broker = await connectBroker({ cluster: own, urls, ...world });
      test.after(() => broker.close());
      return broker;
    },
    kill: () => engine.kill(),
    restart: async () => {
      engine = await startRabbitMq({ ...options, ports: engine.ports });
    },
    setPolicy: definition => putPolicy(engine, definition),
  };
}

async function putPolicy({ managementUrl = '' }: RunningBroker, definition: object): Promise<void> {
  const { origin, username, password } = new URL(managementUrl);
  const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` };
  const body = JSON.stringify({ pattern: '', definition });
  const answer = await fetch(`${origin}/api/policies/%2F/of-a-test`, { method: 'PUT', headers, body });
  assert.ok(answer.ok, await answer.text());
}

/** Publishes in many lanes until `enough`; tells which documents were confirmed and how often we were refused. */
async function publishUntil(enough: () => boolean, broker: Broker, confirmed: Set<string>): Promise<number> {
  let refused = 0;
  const lane = async (): Promise<void> => {
    while (!enough()) {
      const message = buildMessage();
      try {
        await broker.publish(message);
        confirmed.add(message.document);
      } catch (error) {
        if (!isParityError(error, 'broker_unavailable')) throw error;
        refused += 1;
        await systemClock.delay(50);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return refused;
}

describe('connectBroker, when its broker is killed', { timeout: 120_000 }, () => {
  it('loses nothing that was confirmed, refuses what is not, and goes on after the restart', async test => {
    const mortal = await startMortal(test);
    const broker = await mortal.connect();
    const confirmed = new Set<string>();
    let after = Number.POSITIVE_INFINITY;
    const publishing = publishUntil(() => confirmed.size >= after, broker, confirmed);
    await until(() => confirmed.size >= 1_000);
    await mortal.kill();
    await until(() => !broker.health()[own]);
    await assert.rejects(broker.publish(buildMessage()), {
      code: 'broker_unavailable',
      message: /Try again\.$/,
    });
    await mortal.restart();
    after = confirmed.size + 500;
    assert.ok((await publishing) >= lanes);
    assert.deepEqual(broker.health(), { [own]: true, [peer]: false });
    const arrived = new Set<string>();
    broker.consume(
      kind,
      recordConsumption({
        answer: async ({ message }) => (arrived.add(message.document), done),
        prefetch: 100,
      }),
    );
    await until(() => [...confirmed].every(document => arrived.has(document)));
  });
});

describe('connectBroker, when a handler is stuck past the broker’s timeout', { timeout: 120_000 }, () => {
  it('has the message handled again; what the stuck one says at last hurts nobody (failures.md 29)', async test => {
    const mortal = await startMortal(test);
    // A broker's own default is half an hour.
    await mortal.setPolicy({ 'consumer-timeout': 2_000 });
    let attached = 0;
    const info: Log['info'] = ({ purpose }) => void (attached += purpose === `consume ${kind}` ? 1 : 0);
    const broker = await mortal.connect({ ...silentLog, info });
    const stuck = Promise.withResolvers<void>();
    const consumption = recordConsumption({
      answer: async (_, before) => {
        if (before === 0) await stuck.promise;
        return done;
      },
    });
    broker.consume(kind, consumption);
    await until(() => attached === 1);
    const [first, neighbour, later] = [buildMessage(), buildMessage(), buildMessage()];
    await broker.publish(first);
    await consumption.awaitHandled(1);
    await broker.publish(neighbour);
    const handled = await consumption.awaitHandled(3);
    assert.deepEqual(
      handled.map(({ message }) => message),
      [first, neighbour, first],
    );
    await until(() => attached === 2);
    stuck.resolve();
    await broker.publish(later);
    assert.deepEqual((await consumption.awaitHandled(4)).at(3)?.message, later);
    assert.deepEqual(await broker.depth(kind, own), { ready: 0 });
    assert.equal(attached, 2);
    assert.deepEqual(consumption.parked, []);
  });
});
