import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import { manualClock } from './manual-clock.ts';
import { systemClock } from './ports.ts';

for (const [name, clock] of Object.entries({ systemClock, manualClock: manualClock() })) {
  describe(name, () => {
    it('rejects a delay with the reason for which it was aborted, before it and in it', async () => {
      const reason = new ParityError('release_stopped', 'somebody left');
      const leaving = new AbortController();
      const waiting = clock.delay(60_000, leaving.signal);
      leaving.abort(reason);
      await assert.rejects(waiting, reason);
      await assert.rejects(clock.delay(60_000, leaving.signal), reason);
    });
  });
}
