import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { killableWorks } from './killable-works.ts';
import { deathsOf, doKilledAt, doUndisturbed } from './killed-engine.ts';

/** A sample that meets every port; `npm run test:release` takes every call. */
const everyNth = 47;

describe('an operator’s process that is killed', () => {
  for (const [name, work] of Object.entries(killableWorks)) {
    it(`ends where an undisturbed one does when another is started: ${name}`, async () => {
      const { calls, end } = await doUndisturbed(work);
      for (const death of deathsOf(calls).filter((_, at) => at % everyNth === 0)) {
        assert.deepEqual(
          await doKilledAt(work, death),
          end,
          `${death.when} ${calls[death.call - 1]} (${death.call})`,
        );
      }
    });
  }
});
