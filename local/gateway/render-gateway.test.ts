import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseRelease } from '../../domain/release.ts';
import { place, placesInOrder, type Place } from '../../domain/routing.ts';
import { renderIngressRoutes } from './envoy/routes.ts';
import { renderPeerRoutes } from './envoy/peer-routes.ts';
import { routesIn } from './envoy/match-route.ts';
import type { EnvoyObject } from './envoy/resource.ts';
import type { GatewayView } from './gateway-view.ts';
import { renderClusterFile, renderFiles, renderForValidation, type GatewayInputs } from './render-gateway.ts';
import { aRelease, aView, candidate, live } from './test-view.ts';

function inputsOf(view: GatewayView): GatewayInputs {
  return {
    view,
    trust: { issuer: 'issuer', keySet: '{"keys":[]}' },
    identity: { own: { chain: 'chain', key: 'key' }, authorities: 'authorities' },
  };
}

interface RenderedCluster {
  readonly name: string;
  readonly health_checks?: readonly unknown[];
  readonly load_assignment?: { readonly endpoints: readonly { readonly lb_endpoints: readonly unknown[] }[] };
  readonly cluster_type?: { readonly typed_config: { readonly clusters: readonly string[] } };
}

function clustersIn(objects: readonly EnvoyObject[]): ReadonlyMap<string, RenderedCluster> {
  return new Map((objects as unknown as RenderedCluster[]).map(cluster => [cluster.name, cluster]));
}

function clusterNamesIn(objects: readonly EnvoyObject[]): ReadonlySet<string> {
  return new Set(clustersIn(objects).keys());
}

/** Every cluster that a route of the view leads to. */
function ledTo(view: GatewayView): string[] {
  const routes = [renderIngressRoutes(view), renderPeerRoutes(view)].flatMap(routesIn);
  return routes.flatMap(({ route }) => (route === undefined ? [] : [route.cluster]));
}

const releases = fc.constantFrom('41', '42', '42.1', '43').map(parseRelease);
const views = fc.uniqueArray(releases, { minLength: 1, maxLength: 2 }).chain(([first = live, second]) =>
  fc
    .record({ threshold: fc.integer({ min: 0, max: 1000 }), port: fc.option(fc.constant(3000)) })
    .map(({ threshold, port }) =>
      aView({
        routing: {
          live: { parity: 'odd', release: first },
          threshold,
          cohorts: ['beta'],
          ...(second && { candidate: second }),
        },
        releases: [first, second].flatMap(named => (named ? [aRelease(named, port ?? undefined)] : [])),
      }),
    ),
);

describe('renderClusterFile', () => {
  it('keeps what routes lead to there at every step from one record to the next', () => {
    fc.assert(
      fc.property(views, views, (before, after) => {
        const old = renderClusterFile(inputsOf(before)).clusters;
        const grown = clusterNamesIn(renderClusterFile(inputsOf(after), old).clusters);
        const next = clusterNamesIn(renderClusterFile(inputsOf(after)).clusters);
        for (const name of [...ledTo(before), ...ledTo(after)]) assert.ok(grown.has(name), name);
        for (const name of ledTo(after)) assert.ok(next.has(name), name);
      }),
    );
  });

  it('has every cluster that another one is made of', () => {
    fc.assert(
      fc.property(views, view => {
        const clusters = clustersIn(renderClusterFile(inputsOf(view)).clusters);
        for (const { cluster_type } of clusters.values()) {
          for (const part of cluster_type?.typed_config.clusters ?? []) assert.ok(clusters.has(part), part);
        }
      }),
    );
  });

  it('lets go of what no record names any more', () => {
    const old = renderClusterFile(inputsOf(aView())).clusters;
    const alone = aView({
      routing: { ...aView().routing, candidate: undefined },
      releases: [aRelease(live)],
    });
    assert.ok(clusterNamesIn(old).has('placed-42-storage'));
    const { clusters } = renderClusterFile(inputsOf(alone));
    assert.ok([...clusterNamesIn(clusters)].every(name => !name.includes('42')));
  });

  it('takes the first healthy place in the order of place', () => {
    const clusters = clustersIn(renderClusterFile(inputsOf(aView())).clusters);
    const inOrder = clusters.get('placed-42-storage')?.cluster_type?.typed_config.clusters ?? [];
    const nameOf: Record<Place, string> = {
      here: 'here-42-storage',
      peer: 'peer-42-storage',
      'live-here': 'here-41-storage',
    };
    for (const here of [true, false]) {
      for (const peer of [true, false]) {
        const healthy = new Set([
          ...(here ? [nameOf.here] : []),
          ...(peer ? [nameOf.peer] : []),
          nameOf['live-here'],
        ]);
        assert.equal(
          inOrder.find(name => healthy.has(name)),
          nameOf[place({ here, peer })],
        );
      }
    }
  });

  it('names a place once where the live release is what was decided', () => {
    const clusters = clustersIn(renderClusterFile(inputsOf(aView())).clusters);
    const inOrder = clusters.get('placed-41-storage')?.cluster_type?.typed_config.clusters;
    assert.deepEqual(inOrder, ['here-41-storage', 'peer-41-storage']);
    assert.equal(placesInOrder.length, 3);
  });

  it('has no endpoint here for a release that does not run here, and checks those there are', () => {
    const clusters = clustersIn(renderClusterFile(inputsOf(aView())).clusters);
    const endpoints = (name: string) =>
      clusters.get(name)?.load_assignment?.endpoints[0]?.lb_endpoints.length;
    assert.equal(endpoints('here-42-storage'), 0);
    assert.equal(endpoints('here-41-storage'), 1);
    assert.equal(endpoints('peer-42-storage'), 1);
    assert.equal(clusters.get('here-41-storage')?.health_checks?.length, 1);
    assert.equal(clusters.get('alive')?.health_checks, undefined);
  });
});

describe('renderPeerRoutes', () => {
  it('leads to services here alone, whatever the record says: nothing goes back to the peer', () => {
    fc.assert(
      fc.property(views, view => {
        for (const { route } of routesIn(renderPeerRoutes(view))) {
          if (route !== undefined) assert.match(route.cluster, /^here-/);
        }
      }),
    );
  });

  it('says 503 of what it does not know, so that the asker asks elsewhere', () => {
    const last = routesIn(renderPeerRoutes(aView())).at(-1);
    assert.equal(last?.direct_response?.status, 503);
    assert.equal(last.match.prefix, '/');
  });
});

describe('renderFiles', () => {
  const versions = (inputs: GatewayInputs) =>
    new Map(renderFiles(inputs).map(({ name, version }) => [name, version]));
  const changed = (one: GatewayInputs, other: GatewayInputs) => {
    const before = versions(one);
    return [...versions(other)]
      .filter(([name, version]) => before.get(name) !== version)
      .map(([name]) => name);
  };

  it('gives the same content the same version', () => {
    assert.deepEqual(changed(inputsOf(aView()), inputsOf(aView())), []);
  });

  it('changes the routes alone when users move', () => {
    const moved = aView({ routing: { ...aView().routing, threshold: 500 } });
    assert.deepEqual(changed(inputsOf(aView()), inputsOf(moved)), ['routes-ingress']);
    const file = (view: GatewayView) => renderClusterFile(inputsOf(view)).file;
    assert.deepEqual(file(aView()), file(moved));
  });

  it('changes the filter alone with the signing keys, and the secrets alone with certificates', () => {
    const inputs = inputsOf(aView());
    const trust = { ...inputs.trust, keySet: '{"keys":[1]}' };
    assert.deepEqual(changed(inputs, { ...inputs, trust }), ['filter-access-token']);
    const identity = { ...inputs.identity, own: { chain: 'other', key: 'other' } };
    assert.deepEqual(changed(inputs, { ...inputs, identity }), ['secret-own-certificate']);
    const believing = { ...inputs.identity, authorities: 'two' };
    assert.deepEqual(changed(inputs, { ...inputs, identity: believing }), ['secret-authorities']);
  });

  it('never changes a listener once a gateway runs, for that would cut uploads', () => {
    const other = aView({
      routing: { live: { parity: 'even', release: candidate }, threshold: 1000, cohorts: ['beta'] },
      releases: [aRelease(candidate, 9)],
    });
    const inputs = { ...inputsOf(other), trust: { issuer: 'other', keySet: '{}' } };
    assert.ok(!changed(inputsOf(aView()), inputs).includes('listeners'));
  });

  it('says its version inside, where Envoy reads it', () => {
    for (const { version, text } of renderFiles(inputsOf(aView()))) {
      assert.equal((JSON.parse(text) as { version_info: string }).version_info, version);
    }
  });
});

describe('renderForValidation', () => {
  it('folds everything in that the files hold', () => {
    const folded = renderForValidation(inputsOf(aView())) as {
      static_resources: Record<string, EnvoyObject[]>;
    };
    const text = JSON.stringify(folded);
    assert.ok(!text.includes('path_config_source'), 'nothing is looked for elsewhere');
    assert.deepEqual(
      clusterNamesIn(folded.static_resources['clusters'] ?? []),
      clusterNamesIn(renderClusterFile(inputsOf(aView())).clusters),
    );
  });
});
