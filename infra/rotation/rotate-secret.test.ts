import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { rolesContract, usersContract } from './users.contract.ts';
import { fakeUsers } from './fake-users.ts';
import { fakeSecrets } from './fake-secrets.ts';
import type { ServerUsers, Credentials, Secrets } from './ports.ts';
import { rotateSecret, servicesUsers, type RotatedServer } from './rotate-secret.ts';
import { secretsContract } from './secrets.contract.ts';

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const chief = { username: 'parity-administrator', password: 'from-the-state' };

describe('the fake users', () => {
  const open = () => ({ users: fakeUsers(chief), administrator: chief });
  usersContract(open);
  rolesContract(open);
});

describe('the fake secrets', () => secretsContract(fakeSecrets));

/** A broker on its first day: only its administrator is there, and both secrets have their first value. */
async function firstDay() {
  const { secrets, make, begin } = fakeSecrets();
  const users = fakeUsers(chief);
  const administratorSecret = await make(chief);
  const servicesSecret = await make({ username: servicesUsers[0], password: 'never set at the broker' });
  let passwords = 0;
  const newPassword = () => `made-${(passwords += 1)}`;
  const broker: RotatedServer = {
    kind: 'broker',
    administratorSecret,
    servicesSecret,
    secrets,
    users,
    newPassword,
  };
  const step = (Step: string, SecretId: string, ClientRequestToken: string, by = broker) =>
    rotateSecret({ Step, SecretId, ClientRequestToken }, by);
  return {
    broker,
    step,
    begin,
    rotate: async (secret: string, version: string) => {
      await begin(secret, version);
      for (const name of steps) await step(name, secret, version);
    },
    current: async (secret: string): Promise<Credentials> => {
      const found = await secrets.read(secret, 'AWSCURRENT');
      assert.ok(found !== undefined);
      return found;
    },
  };
}

/** The same broker, which loses its function at the call that is counted down to. */
function mortal(broker: RotatedServer, calls: { left: number }): RotatedServer {
  const dying = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const call: unknown = Reflect.get(target, name);
        if (typeof call !== 'function') return call;
        return async (...args: unknown[]) => {
          const answer: unknown = await Reflect.apply(call, target, args);
          calls.left -= 1;
          if (calls.left === 0) throw new Error('the function has died');
          return answer;
        };
      },
    });
  return { ...broker, secrets: dying<Secrets>(broker.secrets), users: dying<ServerUsers>(broker.users) };
}

describe('rotateSecret', () => {
  it("makes the administrator's first password good for nothing", async () => {
    const { broker, rotate, current } = await firstDay();
    await rotate(broker.administratorSecret, 'version-1');
    assert.equal(await broker.users.roleOf(chief), undefined);
    const now = await current(broker.administratorSecret);
    assert.deepEqual(now, { username: chief.username, password: 'made-1' });
    assert.equal(await broker.users.roleOf(now), 'administrator');
  });

  it('lets services take turns: what they had stays good until the rotation after the next', async () => {
    const { broker, rotate, current } = await firstDay();
    const had: Credentials[] = [];
    for (const version of ['version-1', 'version-2', 'version-3']) {
      await rotate(broker.servicesSecret, version);
      const now = await current(broker.servicesSecret);
      assert.equal(await broker.users.roleOf(now), 'service');
      const before = had.at(-1);
      if (before !== undefined) assert.equal(await broker.users.roleOf(before), 'service');
      had.push(now);
    }
    const [second, first] = servicesUsers;
    assert.deepEqual(
      had.map(({ username }) => username),
      [first, second, first],
    );
    const [oldest] = had;
    assert.ok(oldest !== undefined);
    assert.equal(await broker.users.roleOf(oldest), undefined);
  });

  it('ends the same wherever it dies, and the secrets open the broker all the while', async () => {
    for (const name of ['administratorSecret', 'servicesSecret'] as const) {
      let deaths = 0;
      for (let at = 1; ; at += 1) {
        const { broker, begin, step, rotate, current } = await firstDay();
        // One of the services is at work already: his credentials are the other user's.
        await rotate(broker.servicesSecret, 'version-0');
        const secret = broker[name];
        await begin(secret, 'version-1');
        const calls = { left: at };
        const dying = mortal(broker, calls);
        for (const each of steps) {
          await step(each, secret, 'version-1', dying).catch((error: unknown) => {
            assert.match(String(error), /the function has died/);
            deaths += 1;
          });
          assert.equal(await broker.users.roleOf(await current(broker.servicesSecret)), 'service');
          await step(each, secret, 'version-1');
        }
        assert.equal((await broker.secrets.stages(secret)).get('version-1')?.includes('AWSCURRENT'), true);
        assert.notEqual(await broker.users.roleOf(await current(secret)), undefined);
        if (calls.left > 0) break;
      }
      assert.ok(deaths >= 8, `${deaths} deaths in ${name}`);
    }
  });

  it("changes services' passwords while the administrator's own is being changed", async () => {
    const { broker, begin, step, rotate, current } = await firstDay();
    await begin(broker.administratorSecret, 'version-1');
    await step('createSecret', broker.administratorSecret, 'version-1');
    await step('setSecret', broker.administratorSecret, 'version-1');
    await rotate(broker.servicesSecret, 'version-2');
    assert.equal(await broker.users.roleOf(await current(broker.servicesSecret)), 'service');
  });

  it('gives nobody a password that the broker does not take', async () => {
    const { broker, begin, step, current } = await firstDay();
    await begin(broker.servicesSecret, 'version-1');
    await step('createSecret', broker.servicesSecret, 'version-1');
    await assert.rejects(
      step('testSecret', broker.servicesSecret, 'version-1'),
      (error: unknown) =>
        isParityError(error, 'forbidden') &&
        /knows parity-b as nobody and not as service/.test(error.message),
    );
    assert.equal((await current(broker.servicesSecret)).username, servicesUsers[0]);
  });

  it('says what to do when the broker takes no password of its administrator', async () => {
    const { broker, begin, step } = await firstDay();
    await broker.users.put(chief, { ...chief, password: 'changed by hand' }, 'administrator');
    await begin(broker.servicesSecret, 'version-1');
    await step('createSecret', broker.servicesSecret, 'version-1');
    await assert.rejects(
      step('setSecret', broker.servicesSecret, 'version-1'),
      (error: unknown) =>
        isParityError(error, 'forbidden') &&
        /^The broker takes no password of .*: set its administrator's to the secret's current value/.test(
          error.message,
        ),
    );
  });

  it('touches no other secret, no unknown version, and knows four steps', async () => {
    const { broker, begin, step } = await firstDay();
    const refuses = (code: 'not_found' | 'internal', why: RegExp) => (error: unknown) =>
      isParityError(error, code) && why.test(error.message);
    await assert.rejects(
      step('createSecret', 'of-somebody', 'v'),
      refuses('not_found', /not a secret of this/),
    );
    await assert.rejects(
      step('createSecret', broker.servicesSecret, 'v'),
      refuses('not_found', /has no version v: start its rotation again/),
    );
    await begin(broker.servicesSecret, 'v');
    await assert.rejects(
      step('dance', broker.servicesSecret, 'v'),
      refuses('internal', /nobody knows: dance/),
    );
  });
});
