import { randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { liveThrough, scenario } from './random-run.ts';

/** So many fit into `npm test`; `npm run test:release` takes ten thousand. */
const numRuns = 40;

describe('a pair', () => {
  it('keeps every invariant through commands, faults, clock jumps and deaths', async context => {
    const seed = randomInt(2 ** 31);
    context.diagnostic(`seed ${seed}`);
    await fc.assert(fc.asyncProperty(scenario, liveThrough), { numRuns, seed });
  });
});
