import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Try, Upload } from './fleet/upload.ts';
import { outageSince } from './outage.ts';

const at = 10_000;

function upload(...tries: Partial<Try>[]): Upload {
  const whole = tries.map(each => ({ sentAt: at, ms: 20, status: 202, servedBy: 'odd/1', ...each }));
  return { user: 'anna', key: 'k', sha256: 'abc', bytes: 3, tries: whole, id: 'a' };
}

describe('outageSince', () => {
  it('is nothing when every request is answered', () => {
    const nothing = { failedTries: 0, overAfterMs: 0, longestMs: 20, mostTries: 1 };
    assert.deepEqual(outageSince([upload({})], at), nothing);
  });

  it('lasts until the last failed request ended, and a paper waits for all its repeats', () => {
    const broken = upload(
      { sentAt: at - 100, ms: 500, status: 0 },
      { sentAt: at + 650, status: 503 },
      { sentAt: at + 900 },
    );
    const { failedTries, overAfterMs, longestMs, mostTries } = outageSince([upload({}), broken], at);
    assert.deepEqual([failedTries, overAfterMs, longestMs, mostTries], [2, 670, 1_020, 3]);
  });

  it('leaves out what was over before', () => {
    const before = upload({ sentAt: at - 500, status: 0 }, { sentAt: at - 300 });
    assert.deepEqual(outageSince([before], at), {
      failedTries: 0,
      overAfterMs: 0,
      longestMs: 0,
      mostTries: 0,
    });
  });
});
