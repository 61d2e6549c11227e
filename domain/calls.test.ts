import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callRules, keeperRoles, mayCall } from './calls.ts';
import { catalogue, probes, serviceNames, type Route } from './catalogue.ts';

describe('callRules', () => {
  it('let the gateway reach every route of the catalogue, and nobody else', () => {
    const callers = [...new Set(callRules.map(({ from }) => from))];
    for (const to of serviceNames) {
      for (const { method, path } of Object.values<Route>(catalogue[to].routes)) {
        const asked = { to, method, path: path.replace(/:\w+/g, 'x') };
        assert.deepEqual(
          callers.filter(from => mayCall({ from, ...asked })),
          ['gateway'],
          path,
        );
      }
    }
  });

  it('let no service call another', () => {
    const amongServices = callRules.filter(
      ({ from, to }) => (serviceNames as readonly string[]).includes(from) && to !== 'keeper',
    );
    assert.deepEqual(amongServices, []);
  });

  it('let the keeper ask what became of documents, and nobody else: least of all whoever comes by the gateway', () => {
    const callers = [...new Set(callRules.map(({ from }) => from))];
    for (const [to, path] of [
      ['storage', '/outcomes/documents'],
      ['notification', '/outcomes/pushes'],
    ] as const) {
      assert.deepEqual(
        callers.filter(from => mayCall({ from, to, method: 'POST', path })),
        ['keeper'],
      );
    }
  });

  it('let exactly those ask the keeper who use it', () => {
    const asking = callRules
      .filter(({ to, calls }) => to === 'keeper' && calls.includes(keeperRoles))
      .map(({ from }) => from);
    assert.deepEqual(asking, ['storage']);
  });

  it('keep the metrics from the gateway, which could be asked for them from outside', () => {
    const metrics = { to: 'storage', method: 'GET', path: probes.metrics } as const;
    assert.equal(mayCall({ from: 'gateway', ...metrics }), false);
    assert.equal(mayCall({ from: 'monitoring', ...metrics }), true);
  });
});

describe('mayCall', () => {
  const asked = { from: 'gateway', to: 'storage', method: 'GET', path: '/v1/documents/x' } as const;

  it('refuses another method, a longer path and an empty part', () => {
    assert.equal(mayCall(asked), true);
    assert.equal(mayCall({ ...asked, method: 'DELETE' }), false);
    assert.equal(mayCall({ ...asked, path: '/v1/documents/x/y' }), false);
    assert.equal(mayCall({ ...asked, path: '/v1/documents/' }), false);
  });

  it('knows which service owns a path', () => {
    assert.equal(mayCall({ ...asked, to: 'processor' }), false);
  });
});
