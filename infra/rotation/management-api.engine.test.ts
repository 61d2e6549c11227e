import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'amqplib';
import { isParityError } from '../../domain/errors.ts';
import { startRabbitMq, type RunningBroker } from '../../local/engines/rabbitmq.ts';
import { rolesContract, usersContract } from './users.contract.ts';
import { fakeSecrets } from './fake-secrets.ts';
import { managementApi } from './management-api.ts';
import type { Credentials } from './ports.ts';
import { rotateSecret, servicesUsers } from './rotate-secret.ts';

/** The test runner's brokers are everybody's; this one's passwords change. */
describe('the users of a RabbitMQ', { timeout: 120_000 }, () => {
  let engine: RunningBroker;
  let folder: string;
  let api: URL;
  let administrator: Credentials;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parity-rotation-'));
    const machine = { env: process.env, progress: () => {} };
    engine = await startRabbitMq({ machine, name: 'odd', folder });
    api = new URL(engine.managementUrl ?? '');
    administrator = { username: api.username, password: api.password };
    [api.username, api.password] = ['', ''];
  });
  after(async () => {
    await engine.stop();
    await rm(folder, { recursive: true });
  });

  const world = () => ({ users: managementApi(api.href), administrator });
  usersContract(world);
  rolesContract(world);

  it('are rotated so that services go on: with what they have, and with what they are given', async () => {
    const { secrets, make, begin } = fakeSecrets();
    const users = managementApi(api.href);
    const first = { username: 'parity-administrator', password: 'first' };
    await users.put(administrator, first, 'administrator');
    const administratorSecret = await make(first);
    const servicesSecret = await make({ username: servicesUsers[0], password: 'unknown to the broker' });
    let passwords = 0;
    const newPassword = () => `rotated-${(passwords += 1)}`;
    const rotate = async (secret: string, version: string) => {
      await begin(secret, version);
      for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
        const secretsOf = { administratorSecret, servicesSecret, secrets };
        const broker = { kind: 'broker', ...secretsOf, users, newPassword } as const;
        await rotateSecret({ Step, SecretId: secret, ClientRequestToken: version }, broker);
      }
      const now = await secrets.read(secret, 'AWSCURRENT');
      assert.ok(now !== undefined);
      return now;
    };
    await rotate(administratorSecret, 'version-1');
    assert.equal(await users.roleOf(first), undefined);
    const given = await rotate(servicesSecret, 'version-1');
    const channel = await (await open(given)).createConfirmChannel();
    await channel.assertQueue('rotation', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    const later = await rotate(servicesSecret, 'version-2');
    await rotate(administratorSecret, 'version-2');
    // A connection of before goes on, and a new one is opened with either.
    for (const [at, credentials] of [given, later].entries()) {
      const own = await (await open(credentials)).createConfirmChannel();
      own.sendToQueue('rotation', Buffer.from(`paper ${at}`), { persistent: true });
      await own.waitForConfirms();
    }
    for (const at of [0, 1]) {
      const message = await channel.get('rotation', { noAck: true });
      assert.equal(message === false ? undefined : message.content.toString(), `paper ${at}`);
    }
    await rotate(servicesSecret, 'version-3');
    assert.equal(await users.roleOf(given), undefined);
    await Promise.all(connections.map(connection => connection.close()));
  });

  const connections: { close(): Promise<void> }[] = [];
  const open = async ({ username, password }: Credentials) => {
    const address = new URL(engine.url);
    [address.username, address.password] = [username, password];
    const connection = await connect(address.href);
    connections.push(connection);
    return connection;
  };

  it('are said to be out of reach when the broker is', async () => {
    await assert.rejects(
      managementApi('http://127.0.0.1:1').roleOf(administrator),
      (error: unknown) => isParityError(error, 'broker_unavailable') && /try again/.test(error.message),
    );
  });
});
