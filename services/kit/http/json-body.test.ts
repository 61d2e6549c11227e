import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { manualClock } from '../manual-clock.ts';
import { jsonBodyWithinMs, readJsonBody } from './json-body.ts';

describe('readJsonBody', () => {
  it('waits ten seconds for the whole of it (failures.md 7)', async () => {
    const clock = manualClock();
    async function* drop() {
      yield Buffer.from('{');
      await new Promise(() => {});
    }
    const reading = readJsonBody(drop(), { what: 'A question', maxBytes: 1024, clock });
    clock.advance(jsonBodyWithinMs);
    await assert.rejects(Promise.race([reading, nextTurn()]), {
      code: 'body_too_slow',
      message: 'A question must be there within 10 s: send it again.',
    });
  });
});
