import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import type { HealthyPlaces, Routing } from '../../domain/routing.ts';
import { isServed, type AskedGateway } from './is-served.ts';

const live = parseRelease('1');
const candidate = parseRelease('2');
const routing: Routing = { live: { parity: 'odd', release: live }, threshold: 0, cohorts: [] };

/** A gateway that runs, has been told of the candidate, and sees it there. */
function aGateway(sees: Partial<HealthyPlaces>, other: Partial<AskedGateway> = {}): AskedGateway {
  return {
    workload: { status: () => ({ state: 'running' }) },
    rendered: () => ({ recordVersion: 2, lapsed: false, routing: { ...routing, candidate } }),
    sees: async () => ({ here: false, peer: false, ...sees }),
    ...other,
  };
}

const onEven = { cluster: 'even', release: candidate } as const;
const dead: Partial<AskedGateway> = { workload: { status: () => ({ state: 'waiting' }) } };
const notTold: Partial<AskedGateway> = { rendered: () => ({ recordVersion: 1, lapsed: false, routing }) };

describe('isServed', () => {
  it('is true once both gateways see the release there', async () => {
    assert.equal(
      await isServed({ even: aGateway({ here: true }), odd: aGateway({ peer: true }) }, onEven),
      true,
    );
  });

  it('is false while either of them does not', async () => {
    assert.equal(await isServed({ even: aGateway({ here: true }), odd: aGateway({}) }, onEven), false);
    assert.equal(await isServed({ even: aGateway({}), odd: aGateway({ peer: true }) }, onEven), false);
  });

  it('waits for no gateway that does not run, and for no peer that has nobody to send there', async () => {
    assert.equal(await isServed({ even: aGateway({}, dead), odd: aGateway({ peer: true }) }, onEven), true);
    for (const silent of [dead, notTold]) {
      assert.equal(
        await isServed({ even: aGateway({ here: true }), odd: aGateway({}, silent) }, onEven),
        true,
      );
    }
  });
});
