import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { exampleConfiguration } from '../testing/synthesized.ts';
import { estimateCost, presentCost } from './estimate-cost.ts';
import { readPriceTable } from './price-table.ts';

describe('estimateCost', () => {
  it('prices every profile by its nodes, and says what each gives up', async () => {
    const prices = await readPriceTable();
    const configuration = await exampleConfiguration();
    const { profiles, lines } = estimateCost(configuration, prices);
    const fixed = lines.reduce((sum, { monthly }) => sum + monthly, 0);
    const node = (prices.hourly[configuration.nodes.instanceType] ?? NaN) * 730;
    for (const { nodes, monthly, recovery } of Object.values(profiles)) {
      assert.ok(Math.abs(monthly - fixed - nodes * node) < 1e-6);
      assert.notEqual(recovery, '');
    }
    const { peak, floor } = configuration.nodes;
    assert.deepEqual(
      [profiles.peak.nodes, profiles.floor.nodes, profiles.none.nodes],
      [2 * peak, peak + floor, peak],
    );
  });

  it('does not guess a price that the table does not have', async () => {
    const good = await exampleConfiguration();
    const nodes = { ...good.nodes, instanceType: 'm99i.large' };
    const prices = await readPriceTable();
    assert.throws(
      () => estimateCost({ ...good, nodes }, prices),
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
    const text = presentCost(estimateCost(configuration, prices));
    assert.match(text, new RegExp(`^Prices of ${prices.asOf}, eu-central-1, USD a month`));
    assert.match(text, /NOT CHECKED against AWS/);
    assert.doesNotMatch(
      presentCost(estimateCost(configuration, { ...prices, checked: true })),
      /NOT CHECKED/,
    );
  });
});
