import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { MongoClient } from 'mongodb';
import { isParityError } from '../../../domain/errors.ts';
import { testEngineUrls } from '../../../services/kit/database/test-engines.ts';
import { fakeSecrets } from '../fake-secrets.ts';
import type { Credentials } from '../ports.ts';
import { rotateSecret, servicesUsers } from '../rotate-secret.ts';
import { usersContract } from '../users.contract.ts';
import { databaseUsers } from './database-users.ts';

for (const engine of testEngineUrls()) {
  describe(`the users of a database (${engine.name})`, () => {
    const administrator = { username: 'parityadministrator', password: randomUUID() };
    const made = [administrator.username, ...servicesUsers, 'courier'];
    const address = new URL(engine.url);
    [address.username, address.password] = ['', ''];
    const url = address.href;
    const users = databaseUsers({ url, administrator: administrator.username, rows: 'rotation' });
    const everybody = new MongoClient(engine.url);
    before(async () => {
      const roles = [{ role: 'root', db: 'admin' }];
      await everybody
        .db('admin')
        .command({ createUser: administrator.username, pwd: administrator.password, roles });
    });
    after(async () => {
      for (const dropUser of made)
        await everybody
          .db('admin')
          .command({ dropUser })
          .catch(() => undefined);
      await everybody.db('rotation').dropDatabase();
      await everybody.close();
    });

    usersContract(() => ({ users, administrator }));

    it('are rotated so that services go on: with what they have, and with what they are given', async () => {
      const { secrets, make, begin } = fakeSecrets();
      const administratorSecret = await make(administrator);
      const servicesSecret = await make({ username: servicesUsers[0], password: 'unknown to the database' });
      const server = { kind: 'database', administratorSecret, servicesSecret, secrets, users } as const;
      const rotate = async (secret: string, version: string) => {
        await begin(secret, version);
        for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'])
          await rotateSecret(
            { Step, SecretId: secret, ClientRequestToken: version },
            { ...server, newPassword: randomUUID },
          );
        const now = await secrets.read(secret, 'AWSCURRENT');
        assert.ok(now !== undefined);
        return now;
      };
      await rotate(administratorSecret, 'version-1');
      assert.equal(await users.roleOf(administrator), undefined);
      const given = await rotate(servicesSecret, 'version-1');
      const atWork = await writer(given);
      const later = await rotate(servicesSecret, 'version-2');
      await rotate(administratorSecret, 'version-2');
      await atWork.write();
      // A connection of before goes on, and a new one is opened with either.
      for (const credentials of [given, later]) await (await writer(credentials)).write();
      await rotate(servicesSecret, 'version-3');
      assert.equal(await users.roleOf(given), undefined);
      await Promise.all(opened.map(client => client.close()));
    });

    const opened: MongoClient[] = [];
    const writer = async (auth: Credentials) => {
      const client = await new MongoClient(url, { auth, authSource: 'admin' }).connect();
      opened.push(client);
      return { write: async () => void (await client.db('rotation').collection('rows').insertOne({})) };
    };

    it('are said to be out of reach when the database is', async () => {
      const nowhere = { url: 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100', rows: 'rotation' };
      await assert.rejects(
        databaseUsers({ ...nowhere, administrator: administrator.username }).roleOf(administrator),
        (error: unknown) => isParityError(error, 'database_unavailable') && /try again/.test(error.message),
      );
    });
  });
}
