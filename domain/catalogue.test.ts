import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalogue, probes, serviceNames, type Route } from './catalogue.ts';
import { dependencyNames } from './dependencies.ts';
import { routeClasses } from './route-classes.ts';

const all = serviceNames.flatMap(name => Object.values<Route>(catalogue[name].routes));
const routes = all.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`);

describe('catalogue', () => {
  it('gives each port and each route to one service', () => {
    const ports = serviceNames.map(name => catalogue[name].port);
    assert.equal(new Set(ports).size, ports.length);
    assert.equal(new Set(routes).size, routes.length);
  });

  it('keeps the probes’ paths free', () => {
    for (const path of Object.values(probes)) assert.ok(!routes.includes(`GET ${path}`), path);
  });

  it('has a publisher for everything that is consumed', () => {
    const published = serviceNames.flatMap(name => [...catalogue[name].publishes]);
    for (const name of serviceNames) {
      const { consumes } = catalogue[name];
      assert.ok(consumes === undefined || published.includes(consumes), name);
    }
  });

  it('has a user for every dependency, and a broker and nothing twice for every service', () => {
    const used = serviceNames.map(name => [...catalogue[name].uses]);
    assert.deepEqual([...new Set(used.flat())].sort(), [...dependencyNames].sort());
    for (const uses of used) assert.ok(new Set(uses).size === uses.length && uses.includes('broker'));
  });

  it('lets the spool be mounted by processor and storage alone, and the vault by storage', () => {
    const users = (dependency: string) =>
      serviceNames.filter(name => (catalogue[name].uses as readonly string[]).includes(dependency));
    assert.deepEqual(users('spool'), ['processor', 'storage']);
    assert.deepEqual(users('vault'), ['storage']);
  });

  it('keeps what an admin does in the class of admins, and lets nobody else in there', () => {
    for (const { path, access, class: routeClass } of all) {
      assert.equal(path.startsWith('/v1/admin/'), access === 'admin', path);
      assert.equal(routeClass === 'admin', access === 'admin', path);
      assert.equal(routeClass === 'link', access === 'public', path);
    }
  });

  it('takes a body only where something is sent', () => {
    for (const { method, path, class: routeClass } of all) {
      if (method === 'GET') assert.equal(routeClasses[routeClass].bodyBytes, 0, path);
    }
  });
});
