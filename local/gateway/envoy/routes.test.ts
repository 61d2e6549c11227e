import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cohortsClaim, type Bucket } from '../../../domain/claims.ts';
import { parseRelease } from '../../../domain/release.ts';
import { decide, type Routing } from '../../../domain/routing.ts';
import { catalogueRoutes, type OwnedRoute } from '../gateway-view.ts';
import { aRelease, aView, candidate, live } from '../test-view.ts';
import { routeOf, routesIn, type RoutedRequest } from './match-route.ts';
import { renderIngressRoutes } from './routes.ts';

const allBuckets = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0') as Bucket);
const cohortNames = fc.uniqueArray(fc.constantFrom('beta', 'pilot', 'smoke', 'betamax'), { maxLength: 3 });
const someClaims = fc.record({
  bucket: fc.constantFrom(...allBuckets),
  cohorts: cohortNames.map(cohortsClaim),
});
const routings: fc.Arbitrary<Routing> = fc.record({
  live: fc.constant({ parity: 'odd' as const, release: live }),
  candidate: fc.option(
    fc.integer({ min: 42, max: 9_999 }).map(sprint => parseRelease(String(sprint))),
    { nil: undefined },
  ),
  threshold: fc.integer({ min: 0, max: 1000 }),
  cohorts: cohortNames,
});

function routesBy(routing: Routing) {
  const named = [routing.live.release, routing.candidate].filter(release => release !== undefined);
  return routesIn(renderIngressRoutes(aView({ routing, releases: named.map(release => aRelease(release)) })));
}

/** A request for a route, with something in place of each `:name`. */
function aRequest({ method, path }: Pick<OwnedRoute, 'method' | 'path'>): RoutedRequest {
  return { method, path: path.replaceAll(/:\w+/g, 'some.thing-1') };
}

describe('renderIngressRoutes', () => {
  it('sends every bucket where decide says', () => {
    fc.assert(
      fc.property(routings, routing => {
        const routes = routesBy(routing);
        for (const bucket of allBuckets) {
          const claims = { bucket, cohorts: cohortsClaim([]) };
          const to = routeOf(routes, { method: 'GET', path: '/v1/documents', claims })?.route?.cluster;
          assert.equal(to, `placed-${decide(routing, claims)}-storage`, bucket);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('sends every route and method of the catalogue to its service, of the release that decide says', () => {
    fc.assert(
      fc.property(routings, fc.option(someClaims, { nil: undefined }), (routing, claims) => {
        const routes = routesBy(routing);
        for (const route of catalogueRoutes) {
          const taken = routeOf(routes, { ...aRequest(route), ...(claims && { claims }) });
          const release = decide(routing, claims);
          assert.equal(taken?.name, `${release} ${route.name}`);
          assert.equal(taken.route?.cluster, `placed-${release}-${route.service}`);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells the peer what was decided, and names the request', () => {
    for (const route of catalogueRoutes) {
      const added = routeOf(routesBy(aView().routing), aRequest(route))?.request_headers_to_add ?? [];
      assert.deepEqual(
        added.map(({ header }) => [header.key, header.value]),
        [
          ['x-parity-release', live],
          ['x-parity-service', route.service],
          ['x-correlation-id', '%REQ(X-REQUEST-ID)%'],
        ],
      );
    }
  });

  it('answers HEAD where it answers GET, and there alone', () => {
    const routes = routesBy(aView().routing);
    for (const route of catalogueRoutes) {
      const taken = routeOf(routes, { ...aRequest(route), method: 'HEAD' });
      const isRead = catalogueRoutes.some(({ method, path }) => method === 'GET' && path === route.path);
      assert.equal(taken?.direct_response?.status, isRead ? undefined : 405, route.name);
    }
  });

  it('refuses other methods of a known path with 405 that names those there are', () => {
    const routes = routesBy(aView().routing);
    for (const route of catalogueRoutes) {
      const taken = routeOf(routes, { ...aRequest(route), method: 'PATCH' });
      assert.equal(taken?.direct_response?.status, 405);
      const allow = taken.response_headers_to_add?.[0]?.header.value.split(', ') ?? [];
      assert.ok(allow.includes(route.method), `${route.name}: ${allow.join()}`);
      assert.equal(allow.includes('HEAD'), allow.includes('GET'));
    }
  });

  it('refuses what no release has with 404: also probes, which are nobody’s business outside', () => {
    const routes = routesBy(aView().routing);
    for (const path of ['/', '/readyz', '/metrics', '/v1/documents/', '/v1/documents/a/b', '/l/', '/l/a/b']) {
      assert.equal(routeOf(routes, { method: 'GET', path })?.direct_response?.status, 404, path);
    }
  });

  it('takes a dot in a path for a dot', () => {
    const dotted = { ...(catalogueRoutes[0] as OwnedRoute), path: '/v1/a.b/:id' };
    const releases = [{ ...aRelease(live), routes: [dotted] }];
    const routes = routesIn(renderIngressRoutes(aView({ releases })));
    assert.ok(routeOf(routes, { method: 'POST', path: '/v1/a.b/x' })?.route);
    assert.equal(routeOf(routes, { method: 'POST', path: '/v1/acb/x' })?.direct_response?.status, 404);
  });

  it('lets a candidate’s new endpoint pass for its users, and for nobody else', () => {
    const added: OwnedRoute = {
      ...(catalogueRoutes[0] as OwnedRoute),
      name: 'storage.news',
      service: 'storage',
      method: 'GET',
      path: '/v1/news',
    };
    const releases = [aRelease(live), { ...aRelease(candidate), routes: [...catalogueRoutes, added] }];
    const routing = { ...aView().routing, cohorts: ['beta'] };
    const routes = routesIn(renderIngressRoutes(aView({ releases, routing })));
    const request = { method: 'GET', path: '/v1/news' };
    const beta = { bucket: '000', cohorts: cohortsClaim(['beta']) };
    assert.equal(routeOf(routes, { ...request, claims: beta })?.route?.cluster, 'placed-42-storage');
    assert.equal(routeOf(routes, request)?.direct_response?.status, 404);
  });

  it('does not let a candidate’s users fall back to what only the live release has', () => {
    const releases = [aRelease(live), { ...aRelease(candidate), routes: catalogueRoutes.slice(0, 1) }];
    const routing = { ...aView().routing, cohorts: ['beta'] };
    const routes = routesIn(renderIngressRoutes(aView({ releases, routing })));
    const beta = { bucket: '000', cohorts: cohortsClaim(['beta']) };
    const taken = routeOf(routes, { method: 'GET', path: '/v1/admin/parked', claims: beta });
    assert.equal(taken?.direct_response?.status, 404);
  });

  it('asks for liveness where the live release is, however many limits there are', () => {
    const taken = routeOf(routesBy(aView().routing), { method: 'GET', path: '/healthz' });
    assert.equal(taken?.route?.cluster, 'alive');
    assert.equal(taken.route.timeout, '1s');
  });

  it('may repeat an upload that is small and has a key, and no other', () => {
    const routes = routesBy(aView().routing);
    const upload = (headers: Record<string, string>) => {
      const taken = routeOf(routes, { method: 'POST', path: '/v1/documents', headers });
      return taken?.route?.hedge_policy !== undefined;
    };
    assert.ok(upload({ 'idempotency-key': 'k', 'content-length': '0' }));
    assert.ok(upload({ 'idempotency-key': 'k', 'content-length': '1048576' }));
    assert.ok(!upload({ 'idempotency-key': 'k', 'content-length': '1048577' }));
    assert.ok(!upload({ 'idempotency-key': 'k', 'transfer-encoding': 'chunked' }));
    assert.ok(!upload({ 'content-length': '5' }));
  });

  it('never repeats a write that knows of no key, though one be sent', () => {
    const routes = routesBy(aView().routing);
    const headers = { 'idempotency-key': 'k', 'content-length': '0' };
    for (const route of catalogueRoutes.filter(
      ({ method, path }) => method === 'POST' && path !== '/v1/documents',
    )) {
      assert.equal(
        routeOf(routes, { ...aRequest(route), headers })?.route?.hedge_policy,
        undefined,
        route.name,
      );
    }
  });

  it('gives each class its time, but documents as long as they come', () => {
    const routes = routesBy(aView().routing);
    const timeOf = (method: string, path: string) => routeOf(routes, { method, path })?.route?.timeout;
    assert.equal(timeOf('GET', '/v1/documents'), '15s');
    assert.equal(timeOf('PUT', '/v1/devices/a'), '15s');
    assert.equal(timeOf('GET', '/v1/documents/a/content'), '0s');
    assert.equal(timeOf('GET', '/l/a'), '0s');
  });
});
