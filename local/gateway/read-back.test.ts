import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import type { Clock } from '../../services/kit/ports.ts';
import type { AdminInterface } from './admin-interface.ts';
import { readBack } from './read-back.ts';

const routes = { name: 'routes-ingress', version: 'new', text: '' };
const clusters = { name: 'clusters', version: 'new', text: '' };

/** Time passes as it is waited for. */
function hastyClock(): Clock {
  let passed = 0;
  return { now: () => passed, monotonic: () => passed, delay: async ms => void (passed += ms) };
}

/** An Envoy that answers each question with what `says` holds then. */
function anAdmin(says: () => Readonly<Record<string, string>>): AdminInterface {
  const nobody = () => Promise.reject(new TypeError('nobody asks this'));
  return {
    statistics: async pattern => {
      const found = Object.entries(says()).filter(([name]) => new RegExp(pattern).test(name));
      return new Map(found);
    },
    isLive: nobody,
    drainListeners: nobody,
    reopenLogs: nobody,
  };
}

const taken = {
  'http.ingress.rds.ingress.version_text': 'new',
  'cluster_manager.cds.version_text': 'new',
  'cluster_manager.warming_clusters': '0',
};

describe('readBack', () => {
  it('resolves when Envoy names the versions', async () => {
    await readBack(
      anAdmin(() => taken),
      [clusters, routes],
      hastyClock(),
    );
  });

  it('asks until then', async () => {
    let asked = 0;
    const says = () => ({ ...taken, 'http.ingress.rds.ingress.version_text': ++asked < 5 ? 'old' : 'new' });
    await readBack(anAdmin(says), [routes], hastyClock());
    assert.equal(asked, 5);
  });

  it('waits for new clusters to be checked, or a route would lead to none', async () => {
    let asked = 0;
    const says = () => ({ ...taken, 'cluster_manager.warming_clusters': ++asked < 6 ? '2' : '0' });
    await readBack(anAdmin(says), [clusters], hastyClock());
    assert.equal(asked, 6);
  });

  it('says which files Envoy does not take', async () => {
    const says = () => ({ ...taken, 'http.ingress.rds.ingress.version_text': 'old' });
    await assert.rejects(readBack(anAdmin(says), [clusters, routes], hastyClock()), {
      code: 'gateway_refused',
      message: 'The gateway does not take its new routes-ingress; it works by what it had. Its log says why.',
    });
  });

  it('says so when clusters are never done being checked', async () => {
    const says = () => ({ ...taken, 'cluster_manager.warming_clusters': '1' });
    await assert.rejects(readBack(anAdmin(says), [clusters], hastyClock()), {
      code: 'gateway_refused',
      message: /clusters \(being checked\)/,
    });
  });

  it('does not take silence for consent', async () => {
    const gone = new ParityError('unreachable', 'The gateway does not answer: is it running?');
    const admin = { ...anAdmin(() => ({})), statistics: () => Promise.reject(gone) };
    await assert.rejects(readBack(admin, [routes], hastyClock()), {
      code: 'unreachable',
      message: 'The gateway does not answer: is it running?',
    });
  });
});
