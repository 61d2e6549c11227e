import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRetryAfter, toOutcome } from './fcm-answer.ts';
import type { FcmAnswer } from './fcm-answer.ts';
import type { PushOutcome } from './push-sender.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');

function anAnswer(status: number, given: { retryAfter?: string; body?: unknown } = {}): FcmAnswer {
  return { status, retryAfter: given.retryAfter, body: JSON.stringify(given.body ?? {}) };
}

const withCode = (errorCode: string) => ({
  error: { status: 'X', message: 'text', details: [{ '@type': 't', errorCode }] },
});

describe('toOutcome', () => {
  const cases: readonly [string, FcmAnswer, PushOutcome][] = [
    [
      'a name',
      anAnswer(200, { body: { name: 'projects/p/messages/0:1%2' } }),
      { kind: 'sent', messageId: '0:1%2' },
    ],
    ['a 200 without a name', anAnswer(200), { kind: 'unknown', reason: '200 without a message name' }],
    ['UNREGISTERED', anAnswer(404, { body: withCode('UNREGISTERED') }), { kind: 'unregistered' }],
    [
      'SENDER_ID_MISMATCH',
      anAnswer(403, { body: withCode('SENDER_ID_MISMATCH') }),
      { kind: 'sender_mismatch' },
    ],
    [
      'INVALID_ARGUMENT',
      anAnswer(400, { body: withCode('INVALID_ARGUMENT') }),
      { kind: 'invalid', detail: '400 INVALID_ARGUMENT text' },
    ],
    ['a bare 404, which drops no recipient', anAnswer(404), { kind: 'invalid', detail: '404' }],
    ['a 401 again', anAnswer(401), { kind: 'retry_later', afterMs: 60_000, reason: 'credential' }],
    ['a bare 403', anAnswer(403), { kind: 'retry_later', afterMs: 60_000, reason: 'credential' }],
    ['429 without a time', anAnswer(429), { kind: 'retry_later', afterMs: 60_000, reason: 'quota' }],
    [
      '429 with a short time',
      anAnswer(429, { retryAfter: '5' }),
      { kind: 'retry_later', afterMs: 60_000, reason: 'quota' },
    ],
    [
      '429 with a long time',
      anAnswer(429, { retryAfter: '300' }),
      { kind: 'retry_later', afterMs: 300_000, reason: 'quota' },
    ],
    [
      '503 with a time',
      anAnswer(503, { retryAfter: '30' }),
      { kind: 'retry_later', afterMs: 30_000, reason: 'unavailable' },
    ],
    ['500', anAnswer(500), { kind: 'retry_later', afterMs: 10_000, reason: 'internal' }],
    ['502 of a proxy', anAnswer(502), { kind: 'unknown', reason: '502' }],
    ['504 of a proxy', anAnswer(504), { kind: 'unknown', reason: '504' }],
  ];
  for (const [what, answer, outcome] of cases) {
    it(`reads ${what} as ${outcome.kind}`, () => assert.deepEqual(toOutcome(answer, NOW), outcome));
  }

  it('reads an answer that is not JSON by its status', () => {
    const outcome = toOutcome({ status: 503, retryAfter: undefined, body: '<html>' }, NOW);
    assert.deepEqual(outcome, { kind: 'retry_later', afterMs: 10_000, reason: 'unavailable' });
  });
});

describe('parseRetryAfter', () => {
  it('reads seconds, dates and nonsense', () => {
    assert.equal(parseRetryAfter('120', NOW), 120_000);
    assert.equal(parseRetryAfter('Sun, 22 Nov 2026 10:01:00 GMT', NOW), 60_000);
    assert.equal(parseRetryAfter('Sun, 22 Nov 2026 09:00:00 GMT', NOW), 0);
    assert.equal(parseRetryAfter('soon', NOW), 0);
    assert.equal(parseRetryAfter(undefined, NOW), 0);
  });
});
