import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalogue, probes, queueNames, retryDelaysMs, serviceNames, type Route } from './catalogue.ts';
import { parseRelease } from './release.ts';

const routes = serviceNames.flatMap(name =>
  Object.values<Route>(catalogue[name].routes).map(
    route => `${route.method} ${route.path.replace(/:\w+/g, ':')}`,
  ),
);

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
});

describe('queueNames', () => {
  it('carries the release, so that a release only meets its own messages', () => {
    const { work, retry, dead } = queueNames('document.accepted', parseRelease('42.1'));
    assert.equal(work, 'documents.accepted.s42.1');
    assert.equal(dead, 'documents.accepted.s42.1.dead');
    assert.deepEqual(
      retry,
      retryDelaysMs.map(ms => `documents.accepted.s42.1.retry.${ms}`),
    );
  });
});
