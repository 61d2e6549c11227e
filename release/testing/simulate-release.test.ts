import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { laptopPolicy, productionPolicy } from '../policies.ts';
import { simulateReleases, type SimulatedRelease } from './simulate-release.ts';

/** A short version of what `npm run test:release` does with a thousand releases of each kind. */
const release: SimulatedRelease = {
  policy: productionPolicy,
  users: 10_000,
  usualPart: 1 / 3,
  extra: 0,
  extraHits: 'requests',
  looks: 20,
};

describe('simulateReleases', () => {
  it('hardly ever stops a good release by chance, and lets most pass', () => {
    const { stopped, passed } = simulateReleases(release, { count: 20, seed: 1 });
    assert.equal(stopped, 0);
    assert.ok(passed >= 14, `${passed} of 20 passed`);
  });

  for (const extraHits of ['requests', 'users'] as const) {
    it(`lets no release pass in which two points more of the ${extraHits} fail`, () => {
      const { passed } = simulateReleases({ ...release, extra: 0.02, extraHits }, { count: 100, seed: 2 });
      assert.ok(passed <= 1, `${passed} of 100 passed`);
    });
  }

  it('does not go on unproven with five points more errors, where two hundred users see them', () => {
    const small = { ...release, policy: laptopPolicy, users: 200, extra: 0.05 };
    const { passed } = simulateReleases(small, { count: 60, seed: 4 });
    assert.ok(passed <= 1, `${passed} of 60 passed`);
  });

  it('stops what is clearly worse also where a small fleet may go on unproven', () => {
    const small = { ...release, policy: laptopPolicy, users: 300, extra: 0.2 };
    const { stopped } = simulateReleases(small, { count: 40, seed: 3 });
    assert.equal(stopped, 40);
  });
});
