import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serviceNames } from './catalogue.ts';
import { dependenciesOf, environmentOf } from './environment.ts';

const everything = ({ required, optional }: ReturnType<typeof environmentOf>) => [...required, ...optional];

describe('environmentOf', () => {
  it('tells a processor nothing of the database, of keys of documents and links, or of FCM', () => {
    assert.deepEqual(environmentOf(['processor']).required, [
      'PARITY_CLUSTER',
      'PARITY_RELEASE',
      'PARITY_LISTEN',
      'PARITY_PUBLIC_URL',
      'PARITY_TOKEN_KEYS',
      'PARITY_SPOOL',
      'PARITY_BROKER_ODD_URL',
      'PARITY_BROKER_EVEN_URL',
    ]);
  });

  it('names no variable twice, for one service or for all', () => {
    for (const services of [...serviceNames.map(name => [name]), serviceNames]) {
      const names = everything(environmentOf(services));
      assert.equal(new Set(names).size, names.length);
    }
  });

  it('is for all services what it is for each, taken together', () => {
    const each = serviceNames.flatMap(name => everything(environmentOf([name])));
    assert.deepEqual([...new Set(each)].sort(), everything(environmentOf(serviceNames)).sort());
  });
});

describe('dependenciesOf', () => {
  it('takes together what several services use', () => {
    assert.deepEqual(dependenciesOf(['processor', 'notification']), [
      'spool',
      'broker',
      'database',
      'links',
      'push',
    ]);
  });
});
