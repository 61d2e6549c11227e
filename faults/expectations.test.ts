import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../domain/errors.ts';
import { untilNotified } from './expectations.ts';
import { sampleDocument } from './sample-documents.ts';

describe('untilNotified', () => {
  it('tells why it could not look, and not only what it has not seen', async () => {
    const failure = new ParityError('unreachable', 'The gateway is away.');
    const driver = { list: () => Promise.reject(failure) };
    const sample = sampleDocument('a', { kind: 'photo', bytes: 1024 });
    const acknowledged = [{ id: 'd1', sample, attempts: 1, at: 0 }];
    await assert.rejects(untilNotified(driver, acknowledged), {
      name: 'AssertionError',
      message: '1 documents are not stored or notified, such as d1',
      cause: failure,
    });
  });
});
