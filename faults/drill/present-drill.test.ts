import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { count } from '../fleet/tally.ts';
import { drillJson, isPassed, presentDrill } from './present-drill.ts';
import type { DrillReport } from './run-drill.ts';

const report: DrillReport = {
  scenario: 'live',
  says: 'all of odd, which plays live, is killed',
  noticed: { afterMs: 540 },
  outage: { failedTries: 12, beganAfterMs: 40, overAfterMs: 610, longestMs: 830, mostTries: 3 },
  asBeforeAfterMs: 9_200,
  tally: count([], { listed: new Map(), shown: new Map() }),
  movesDns: true,
};

describe('presentDrill', () => {
  it('says what drivers met, and what Route 53 would make of it', () => {
    const text = presentDrill(report).join('\n');
    assert.match(text, /^all of odd, which plays live, is killed: passed\n/);
    assert.match(text, /noticed after +540 ms\n/);
    assert.match(text, /had to send again +12, the last one ended after 610 ms\n/);
    assert.match(
      text,
      /noticed after 20 s \(10 s × 2\); .* up to 60 s later \(TTL\): 1 min 20 s at worst instead of 610 ms/,
    );
  });

  it('says so when DNS has nothing to do with it', () => {
    assert.match(presentDrill({ ...report, movesDns: false }).at(-1) ?? '', /DNS does not move for it/);
  });
});

describe('isPassed', () => {
  it('asks for no noticing where nobody has to notice', () => {
    const quiet = { ...report, noticed: undefined };
    assert.ok(isPassed(quiet));
    assert.doesNotMatch(presentDrill(quiet).join('\n'), /^ +noticed after/m);
  });

  it('wants nothing lost, nothing twice, the fault noticed and the pair as it was', () => {
    assert.ok(isPassed(report));
    const { tally } = report;
    const failures: Partial<DrillReport>[] = [
      { noticed: { afterMs: undefined } },
      { asBeforeAfterMs: undefined },
      { tally: { ...tally, lost: 1 } },
      { tally: { ...tally, duplicated: 1 } },
    ];
    for (const failure of failures) assert.ok(!isPassed({ ...report, ...failure }));
    const text = presentDrill({ ...report, asBeforeAfterMs: undefined }).join('\n');
    assert.match(text, /: NOT PASSED\n[\s\S]*once undone, after +NOT in time/);
  });
});

describe('drillJson', () => {
  it('says whether it passed, and null of what was not in time', () => {
    const fields = (given: DrillReport) => {
      const { passed, noticed, asBeforeAfterMs } = JSON.parse(JSON.stringify(drillJson(given))) as Record<
        string,
        unknown
      >;
      return { passed, noticed, asBeforeAfterMs };
    };
    const good = { passed: true, noticed: { afterMs: 540 }, asBeforeAfterMs: 9_200 };
    assert.deepEqual(fields(report), good);
    const late = { ...report, noticed: { afterMs: undefined }, asBeforeAfterMs: undefined };
    assert.deepEqual(fields(late), { passed: false, noticed: { afterMs: null }, asBeforeAfterMs: null });
  });
});
