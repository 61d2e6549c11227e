import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import { reaching } from './reaching.ts';

describe('reaching', () => {
  it('gives what was answered', async () => {
    assert.equal(await reaching(Promise.resolve(7)), 7);
  });

  it('takes a pair that does not run for a cluster that does not answer', async () => {
    const cause = new ParityError('not_running', 'Parity is not running here: start it with npm start.');
    await assert.rejects(reaching(Promise.reject(cause)), {
      code: 'unreachable',
      message: cause.message,
      cause,
    });
  });

  it('leaves a refusal as it is', async () => {
    const refusal = new ParityError('gateway_refused', 'No such cluster.');
    await assert.rejects(reaching(Promise.reject(refusal)), error => error === refusal);
  });
});
