import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Try, Upload } from './fleet/upload.ts';
import { outageSince, presentFailures } from './outage.ts';

const at = 10_000;

function upload(...tries: Partial<Try>[]): Upload {
  const whole = tries.map(each => ({ sentAt: at, ms: 20, status: 202, servedBy: 'odd/1', ...each }));
  return { user: 'anna', key: 'k', sha256: 'abc', bytes: 3, tries: whole, id: 'a' };
}

describe('outageSince', () => {
  it('is nothing when every request is answered', () => {
    const nothing = { failedTries: 0, beganAfterMs: 0, overAfterMs: 0, longestMs: 20, mostTries: 1 };
    assert.deepEqual(outageSince([upload({})], at), nothing);
  });

  it('lasts until the last failed request ended, and a paper waits for all its repeats', () => {
    const broken = upload(
      { sentAt: at - 100, ms: 500, status: 0 },
      { sentAt: at + 650, status: 503 },
      { sentAt: at + 900 },
    );
    const outage = outageSince([upload({}), broken], at);
    assert.deepEqual(outage, {
      ...{ failedTries: 2, beganAfterMs: 400, overAfterMs: 670 },
      ...{ longestMs: 1_020, mostTries: 3 },
    });
  });

  it('leaves out what was over before', () => {
    const before = upload({ sentAt: at - 500, status: 0 }, { sentAt: at - 300 });
    assert.deepEqual(outageSince([before], at), {
      failedTries: 0,
      beganAfterMs: 0,
      overAfterMs: 0,
      longestMs: 0,
      mostTries: 0,
    });
  });
});

describe('presentFailures', () => {
  it('says how often each answer was met, and when', () => {
    const met = [
      upload({ sentAt: at - 900, status: 500 }),
      upload({ sentAt: at, ms: 100, status: 0 }, { sentAt: at + 1_000, ms: 200, status: 503 }, {}),
      upload({ sentAt: at + 300, ms: 100, status: 0 }),
    ];
    assert.equal(presentFailures(met, at), '2 broken off (0.1–0.4 s), 1 503 of odd/1 (1.2–1.2 s)');
    assert.equal(presentFailures([upload({})], at), '');
  });
});
