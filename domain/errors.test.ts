import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorCodes, isParityError, ParityError } from './errors.ts';

describe('ParityError', () => {
  it('keeps code, message, cause and the time to wait', () => {
    const cause = new TypeError('why');
    const error = new ParityError('spool_full', 'The spool is full.', { cause, retryAfterS: 30 });
    assert.equal(error.code, 'spool_full');
    assert.equal(error.cause, cause);
    assert.equal(error.retryAfterS, 30);
  });
});

describe('isParityError', () => {
  it('tells codes apart', () => {
    const error = new ParityError('not_found', 'nothing there');
    assert.ok(isParityError(error));
    assert.ok(isParityError(error, 'not_found'));
    assert.ok(!isParityError(error, 'conflict'));
    assert.ok(!isParityError(new Error('not_found')));
  });
});

describe('errorCodes', () => {
  it('answers every failure with an HTTP error', () => {
    for (const [code, { status }] of Object.entries(errorCodes))
      assert.ok(status >= 400 && status < 600, code);
  });
});
