import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadSample } from './open-load.ts';
import { recoveryFrom } from './recovery.ts';

const span = { brokenAt: 10_000, mendedAt: 15_000 };

function sample(firstSentAt: number, ms: number, repeatedAt?: number): LoadSample {
  const asked = { who: 'anna', url: 'http://odd', method: 'GET', bytes: 0 } as const;
  const tries = repeatedAt === undefined ? 1 : 2;
  const sentAt = repeatedAt ?? firstSentAt;
  return { ...asked, firstSentAt, sentAt, ms, status: 200, servedBy: 'odd/1', tries, first: '200' };
}

describe('recoveryFrom', () => {
  it('is nothing when every request is quick and sent once', () => {
    const quick = [sample(9_900, 20), sample(10_100, 500), sample(16_000, 20)];
    assert.deepEqual(recoveryFrom(span, quick), { afterBreakMs: 0, afterMendMs: 0 });
    assert.deepEqual(recoveryFrom(span, []), { afterBreakMs: 0, afterMendMs: 0 });
  });

  it('leaves out what was slow before the fault', () => {
    assert.deepEqual(recoveryFrom(span, [sample(2_000, 900)]), { afterBreakMs: 0, afterMendMs: 0 });
  });

  it('ends with the last slow answer', () => {
    const slow = [sample(9_900, 1_000), sample(10_500, 900), sample(10_600, 20)];
    assert.deepEqual(recoveryFrom(span, slow), { afterBreakMs: 1_400, afterMendMs: 0 });
  });

  it('counts a wait once, also of what was repeated after the mend', () => {
    const repeated = [sample(10_100, 9_050, 19_100)];
    assert.deepEqual(recoveryFrom(span, repeated), { afterBreakMs: 9_150, afterMendMs: 4_150 });
  });
});
