import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { planNetwork } from './network-plan.ts';

/** First and last address of a range, as numbers. */
function bounds(cidr: string): readonly [number, number] {
  const [address = '', bits = ''] = cidr.split('/');
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [first, first + 2 ** (32 - Number(bits)) - 1];
}

describe('planNetwork', () => {
  it('cuts nine subnets that lie inside the network and never overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), second => {
        const cidr = `10.${second}.0.0/16`;
        const [low, high] = bounds(cidr);
        const ranges = planNetwork(cidr)
          .flatMap(zone => Object.values(zone).map(bounds))
          .sort(([a], [b]) => a - b);
        assert.equal(ranges.length, 9);
        assert.ok(ranges.every(([first, last]) => first >= low && last <= high));
        for (const [at, [first]] of ranges.entries()) assert.ok(first > (ranges[at - 1]?.[1] ?? low - 1));
      }),
    );
  });

  it('starts each range on its own boundary, as AWS demands', () => {
    for (const range of planNetwork('10.40.0.0/16').flatMap(zone => [
      zone.private,
      zone.intra,
      zone.public,
    ])) {
      const [first, last] = bounds(range);
      assert.equal(first % (last - first + 1), 0, range);
    }
  });
});
