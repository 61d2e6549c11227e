import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { serviceNames } from '../../domain/catalogue.ts';
import { dependenciesOf, environmentOf, type Variable } from '../../domain/environment.ts';
import { isParityError } from '../../domain/errors.ts';
import { readConfig } from './config.ts';

const complete = {
  PARITY_CLUSTER: 'odd',
  PARITY_RELEASE: '41.2',
  PARITY_LISTEN: '127.0.0.1:8081',
  PARITY_PUBLIC_URL: 'http://127.0.0.1:8080/',
  PARITY_SPOOL: '/spool',
  PARITY_VAULT: '/vault',
  PARITY_BROKER_ODD_URL: 'amqp://user:hunter2@odd',
  PARITY_BROKER_EVEN_URL: 'amqps://user:hunter2@even',
  PARITY_MONGODB_URL: 'mongodb://user:hunter2@db/parity',
  PARITY_TOKEN_KEYS: '/keys/tokens',
  PARITY_LINK_KEYS: '/keys/links',
  PARITY_MASTER_KEY: '/keys/master',
  PARITY_FCM_URL: 'http://127.0.0.1:8083',
  PARITY_FCM_CREDENTIALS: '/keys/fcm',
  PARITY_KEEPER_URL: 'http://127.0.0.1:8090',
};

function faultsOf(env: Record<string, string | undefined>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(isParityError(error, 'invalid_configuration'));
    return error.message.split('\n');
  }
  return [];
}

describe('readConfig', () => {
  it('reads what is given and fills in what may be left out', () => {
    const config = readConfig(complete);
    assert.equal(config.cluster, 'odd');
    assert.equal(config.release, '41.2');
    assert.deepEqual(config.listen, { host: '127.0.0.1', port: 8081 });
    assert.equal(config.publicUrl, 'http://127.0.0.1:8080');
    assert.equal(config.uses.broker?.urls.even.reveal(), 'amqps://user:hunter2@even');
    assert.deepEqual(config.services, serviceNames);
    assert.deepEqual(config.tokens, { keysFile: '/keys/tokens', issuer: 'parity-laptop' });
    assert.equal(config.maxDocumentBytes, 2_147_483_648);
    assert.equal(config.sweepAfterMs, 10_000);
    assert.equal(config.linkSignIn, false);
    assert.equal(config.crashFile, undefined);
  });

  it('takes a plain yes or no for the sign-in of links, and nothing that might mean either', () => {
    const signIn = (value: string) => readConfig({ ...complete, PARITY_LINK_SIGN_IN: value }).linkSignIn;
    assert.deepEqual([signIn('yes'), signIn('no')], [true, false]);
    const faults = faultsOf({ ...complete, PARITY_LINK_SIGN_IN: 'true' });
    assert.deepEqual(faults.slice(1), ['  PARITY_LINK_SIGN_IN must be yes or no.']);
  });

  it('reads the faults of a demonstration where nobody but this machine is served', () => {
    const faults = (url: string) =>
      readConfig({ ...complete, PARITY_PUBLIC_URL: url, PARITY_FAULT: 'errors=5%,stuck' }).faults;
    for (const url of ['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:8080/']) {
      assert.deepEqual(faults(url), { errors: 0.05, stuck: true });
    }
    assert.equal(readConfig(complete).faults, undefined);
  });

  it('refuses everywhere else what makes services fail on purpose, and what is no fault', () => {
    for (const url of ['https://api.parity.example', 'http://127.0.0.1.example:80', 'http://10.0.0.1']) {
      const faults = faultsOf({ ...complete, PARITY_PUBLIC_URL: url, PARITY_FAULT: 'errors=5%' });
      assert.deepEqual(faults.slice(1), [
        '  PARITY_FAULT is for demonstrations on a laptop alone: remove it, for PARITY_PUBLIC_URL is not on this machine.',
      ]);
    }
    const far = { PARITY_PUBLIC_URL: 'https://api.parity.example', PARITY_CRASH_FILE: '/tmp/crash' };
    assert.deepEqual(faultsOf({ ...complete, ...far }).slice(1), [
      '  PARITY_CRASH_FILE is for fault tests on a laptop alone: remove it, for PARITY_PUBLIC_URL is not on this machine.',
    ]);
    assert.deepEqual(faultsOf({ ...complete, PARITY_FAULT: 'errors' }).slice(1), [
      '  PARITY_FAULT must be one or several of errors=5%, latency=+300ms, stuck, crash, push-errors=20%, wrong-bytes, chokes-db.',
    ]);
  });

  it('takes some of the services, in the order of the catalogue', () => {
    const config = readConfig({ ...complete, PARITY_SERVICES: 'storage, processor' });
    assert.deepEqual(config.services, ['processor', 'storage']);
  });

  it('takes an IPv6 address to listen on', () => {
    assert.deepEqual(readConfig({ ...complete, PARITY_LISTEN: '[::1]:80' }).listen, {
      host: '::1',
      port: 80,
    });
  });

  it('names all faults at once, by variable', () => {
    const env = {
      ...complete,
      PARITY_CLUSTER: 'third',
      PARITY_RELEASE: 'v1',
      PARITY_LISTEN: '127.0.0.1:99999',
      PARITY_SPOOL: undefined,
      PARITY_VAULT: '',
      PARITY_SWEEP_AFTER_MS: '0',
    };
    assert.deepEqual(faultsOf(env), [
      'The environment does not configure this process:',
      '  PARITY_CLUSTER must be odd or even.',
      '  PARITY_RELEASE must be a release such as 42 or 42.1.',
      '  PARITY_LISTEN must be host:port, such as 127.0.0.1:7100.',
      '  PARITY_SWEEP_AFTER_MS must be a whole number above 0.',
      '  PARITY_SPOOL is missing: give a folder.',
      '  PARITY_VAULT is missing: give a folder.',
    ]);
  });

  it('names a service that there is not, before anything that it might use', () => {
    assert.deepEqual(
      faultsOf({ ...complete, PARITY_SERVICES: 'storage,printer', PARITY_VAULT: '' }).slice(1),
      ['  PARITY_SERVICES must be a list of processor, storage, notification.'],
    );
  });

  it('asks each service for exactly what the catalogue says that it must be told', () => {
    for (const services of [...serviceNames.map(name => [name]), serviceNames]) {
      const named = faultsOf({ PARITY_SERVICES: services.join() }).slice(1);
      assert.deepEqual(
        named.map(line => line.trim().split(' ')[0]),
        environmentOf(services).required,
      );
    }
  });

  it('is content with that, and knows the place of nothing else', () => {
    for (const name of serviceNames) {
      const told = environmentOf([name]).required;
      const env = Object.fromEntries(
        Object.entries(complete).filter(([key]) => told.includes(key as Variable)),
      );
      const { uses } = readConfig({ ...env, PARITY_SERVICES: name });
      assert.deepEqual(Object.keys(uses).sort(), dependenciesOf([name]).sort());
    }
  });

  it('shows no password in a fault', () => {
    const faults = faultsOf({ ...complete, PARITY_MONGODB_URL: 'postgres://user:hunter2@db' });
    assert.deepEqual(faults.slice(1), [
      '  PARITY_MONGODB_URL must be a URL that begins with mongodb:// or mongodb+srv://.',
    ]);
  });

  it('shows no password when the configuration is printed', () => {
    const config = readConfig(complete);
    assert.doesNotMatch(`${inspect(config, { depth: 9 })} ${JSON.stringify(config)}`, /hunter2/);
    assert.equal(`${config.uses.database?.url}`, '[secret]');
  });
});
