import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isParityError, ParityError } from '../domain/errors.ts';
import { manualClock } from '../services/kit/manual-clock.ts';
import { stopFailed } from './stop-failed.ts';

describe('stopFailed', () => {
  const failure = new ParityError('engine_failed', 'The database ended with SIGKILL.');

  it('gives the reason as it is when everything has stopped', async () => {
    const done: string[] = [];
    const pair = { stop: async () => void done.push('stopped') };
    assert.equal(await stopFailed(pair, failure, { clock: manualClock(), ms: 15_000 }), failure);
    assert.deepEqual(done, ['stopped']);
  });

  it('waits no longer than its deadline for what does not end, and says so besides', async () => {
    const clock = manualClock();
    const stopping = stopFailed({ stop: () => new Promise(() => {}) }, failure, { clock, ms: 15_000 });
    clock.advance(15_000);
    const told = await stopping;
    assert.ok(isParityError(told, 'engine_failed'));
    assert.equal(
      told.message,
      'The database ended with SIGKILL. ' +
        'What had started did not end within 15 s and is killed; then start it again.',
    );
    assert.equal(told.cause, failure);
  });
});
