import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { exampleConfiguration, resourcesOf, synthesized } from '../testing/synthesized.ts';
import type { Objects } from './count-objects.ts';
import type { Configuration } from '../configuration.ts';
import { interfaceServices } from '../parts/endpoints.ts';
import { estimateCost, presentCost } from './estimate-cost.ts';
import { readPriceTable } from './price-table.ts';

async function exampleObjects(changes?: Partial<Configuration>): Promise<Objects> {
  const objects = new Map<string, Readonly<Record<string, unknown>>[]>();
  for (const { type, block } of resourcesOf(await synthesized(changes)))
    objects.set(type, [...(objects.get(type) ?? []), block]);
  return objects;
}

describe('estimateCost', () => {
  it('counts what the stacks make, by zone where that is priced', async () => {
    const configuration = await exampleConfiguration();
    const network = { ...configuration.network, nat: 'per-zone' } as const;
    const { lines } = estimateCost(
      { ...configuration, network },
      await exampleObjects({ network }),
      await readPriceTable(),
    );
    const count = (item: string) => lines.find(line => line.item === item)?.count;
    assert.deepEqual(
      ['eks cluster', 'mq.m7g.large', 'db.r6g.large', 'cache.t4g.small', 'nat gateway', 'load balancer'].map(
        count,
      ),
      [2, 6, 3, 3, 3, 4],
    );
    assert.equal(count('interface endpoint in a zone'), 3 * Object.keys(interfaceServices).length);
    assert.ok(Number(count('kms key')) > 10 && Number(count('secret')) >= 4);
  });

  it('buys recovery with warm nodes, and says how much', async () => {
    const { profiles } = estimateCost(
      await exampleConfiguration(),
      await exampleObjects(),
      await readPriceTable(),
    );
    const { peak, floor, none } = profiles;
    assert.deepEqual([peak.servesAfterS, peak.fullSpeedAfterS], [80, 80]);
    assert.ok(floor.servesAfterS === 80 && floor.fullSpeedAfterS > 80);
    assert.ok(none.servesAfterS > 80 && none.monthly < floor.monthly && floor.monthly < peak.monthly);
  });

  it('prices every profile by its nodes', async () => {
    const prices = await readPriceTable();
    const configuration = await exampleConfiguration();
    const { profiles, lines } = estimateCost(configuration, await exampleObjects(), prices);
    const fixed = lines.reduce((sum, { monthly }) => sum + monthly, 0);
    const node = (prices.hourly[configuration.nodes.instanceType] ?? NaN) * 730;
    for (const { nodes, monthly } of Object.values(profiles))
      assert.ok(Math.abs(monthly - fixed - nodes * node) < 1e-6);
    const { peak, floor } = configuration.nodes;
    assert.deepEqual(
      [profiles.peak.nodes, profiles.floor.nodes, profiles.none.nodes],
      [2 * peak, peak + floor, peak],
    );
  });

  it('does not guess a price that the table does not have', async () => {
    const good = await exampleConfiguration();
    const nodes = { ...good.nodes, instanceType: 'm99i.large' };
    const [prices, objects] = [await readPriceTable(), await exampleObjects()];
    assert.throws(
      () => estimateCost({ ...good, nodes }, objects, prices),
      (error: unknown) =>
        isParityError(error, 'invalid_configuration') &&
        error.message === 'infra/cost/prices.json has no price for m99i.large; add it with its date.',
    );
  });
});

describe('presentCost', () => {
  it('shows the date of the prices, and whether anybody checked them', async () => {
    const prices = { ...(await readPriceTable()), checked: false };
    const configuration = await exampleConfiguration();
    const objects = await exampleObjects();
    const text = presentCost(estimateCost(configuration, objects, prices));
    assert.match(text, new RegExp(`^Prices of ${prices.asOf}, eu-central-1, USD a month`));
    assert.match(text, /NOT CHECKED against AWS/);
    assert.doesNotMatch(
      presentCost(estimateCost(configuration, objects, { ...prices, checked: true })),
      /NOT CHECKED/,
    );
  });
});
