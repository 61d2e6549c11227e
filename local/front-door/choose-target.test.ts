import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { peerOf, type Parity } from '../../domain/parity.ts';
import { chooseTarget, type Target } from './choose-target.ts';

type Pair = readonly [Target, Target];

const pair = (odd: Partial<Target>, even: Partial<Target>): Pair => [
  { parity: 'odd', weight: 255, healthy: true, ...odd },
  { parity: 'even', weight: 0, healthy: true, ...even },
];

const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const weights = fc.integer({ min: 0, max: 255 });
const target = (parity: Parity) =>
  fc.record({ parity: fc.constant(parity), weight: weights, healthy: fc.boolean() });
const pairs: fc.Arbitrary<Pair> = fc.tuple(target('odd'), target('even'));

describe('chooseTarget', () => {
  it('sends everything to the weighted cluster while it is healthy', () => {
    for (const draw of [0, 0.5, 0.999]) assert.equal(chooseTarget(pair({}, {}), draw), 'odd');
  });

  it('sends everything to the cluster of weight 0 when the weighted one is unhealthy', () => {
    for (const draw of [0, 0.5, 0.999])
      assert.equal(chooseTarget(pair({ healthy: false }, {}), draw), 'even');
  });

  it('takes all as healthy when none is', () => {
    assert.equal(chooseTarget(pair({ healthy: false }, { healthy: false }), 0.7), 'odd');
  });

  it('splits equally when all weights are 0', () => {
    assert.equal(chooseTarget(pair({ weight: 0 }, {}), 0.49), 'odd');
    assert.equal(chooseTarget(pair({ weight: 0 }, {}), 0.51), 'even');
  });

  it('splits by weight', () => {
    const quarter = pair({ weight: 30 }, { weight: 90 });
    assert.equal(chooseTarget(quarter, 0.24), 'odd');
    assert.equal(chooseTarget(quarter, 0.26), 'even');
  });

  it('never names an unhealthy cluster while the other is healthy', () => {
    fc.assert(
      fc.property(pairs, draws, (targets, draw) => {
        const chosen = chooseTarget(targets, draw);
        const healthyOf = (parity: Parity) => targets.some(each => each.parity === parity && each.healthy);
        assert.ok(healthyOf(chosen) || !healthyOf(peerOf(chosen)));
      }),
    );
  });

  it('never names a cluster of weight 0 while the other is as healthy and weighs something', () => {
    fc.assert(
      fc.property(draws, fc.integer({ min: 1, max: 255 }), fc.boolean(), (draw, weight, healthy) => {
        assert.equal(chooseTarget(pair({ weight, healthy }, { healthy }), draw), 'odd');
      }),
    );
  });

  it('answers, when none is healthy, exactly as when all are', () => {
    fc.assert(
      fc.property(pairs, draws, ([odd, even], draw) => {
        const all = (healthy: boolean): Pair => [
          { ...odd, healthy },
          { ...even, healthy },
        ];
        assert.equal(chooseTarget(all(false), draw), chooseTarget(all(true), draw));
      }),
    );
  });

  it('uses weight 0 only when nothing heavier is left, and then shares equally', () => {
    fc.assert(
      fc.property(pairs, draws, ([odd, even], draw) => {
        const both: Pair = [
          { ...odd, weight: 0 },
          { ...even, weight: 0 },
        ];
        const left = both.filter(({ healthy }) => healthy);
        const only = left.length === 1 ? left[0]?.parity : undefined;
        assert.equal(chooseTarget(both, draw), only ?? (draw < 0.5 ? 'odd' : 'even'));
      }),
    );
  });

  it('gives each of two as much of the draws as it weighs', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 255 }), draws, (weight, other, draw) => {
        const chosen = chooseTarget(pair({ weight }, { weight: other }), draw);
        assert.equal(chosen, draw * (weight + other) < weight ? 'odd' : 'even');
      }),
    );
  });

  it('does not depend on the order of the targets when one alone is eligible', () => {
    fc.assert(
      fc.property(draws, weights, weights, (draw, weight, other) => {
        const [odd, even] = pair({ weight }, { weight: other, healthy: false });
        assert.equal(chooseTarget([odd, even], draw), chooseTarget([even, odd], draw));
      }),
    );
  });
});
