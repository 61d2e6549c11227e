import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { laptopPolicy, productionPolicy } from './policies.ts';
import { parsePolicy, type Policy } from './policy.ts';

function refused(changes: Partial<Policy> | Record<string, unknown>, message: RegExp): void {
  assert.throws(() => parsePolicy({ ...laptopPolicy, ...changes }), {
    code: 'invalid_configuration',
    message,
  });
}

describe('parsePolicy', () => {
  it('takes both defaults, also from a file', () => {
    for (const policy of [laptopPolicy, productionPolicy])
      assert.deepEqual(parsePolicy(JSON.parse(JSON.stringify(policy))), policy);
  });

  it('lets only small fleets go on unproven', () => {
    assert.equal(productionPolicy.unproven, 'wait');
    assert.equal(laptopPolicy.unproven, 'proceed-unproven');
  });

  it('refuses stages that do not rise to everybody', () => {
    const [first, second, last] = laptopPolicy.shift;
    refused(
      { shift: [second, first, last] },
      /shift: each stage raises the threshold, and the last one is 100 %/,
    );
    refused({ shift: [first] }, /shift: each stage raises/);
  });

  it('refuses a flip that stops half-way', () => {
    refused(
      { flip: { percents: [50], holdMs: 1 } },
      /flip: each step raises the weight, and the last one is 100 %/,
    );
  });

  it('refuses times in which one slow look would end a release', () => {
    refused({ judgedForMs: 2_999 }, /judgedForMs: at least three gate intervals/);
    refused({ judgedForMs: 10_000 }, /judgedForMs: longer than convergeWithinMs/);
    refused({ leaseMs: 2_999 }, /leaseMs: at least three gate intervals/);
  });

  it('refuses two gates of one name, and reports every fault at once', () => {
    const gates = [...laptopPolicy.gates, ...laptopPolicy.gates];
    refused({ gates, leaseMs: 1 }, /leaseMs[^]*gates: each has a name of its own/);
  });

  it('refuses what it does not know', () => {
    refused({ thresholds: [1] }, /thresholds/);
  });
});
