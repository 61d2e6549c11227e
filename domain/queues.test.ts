import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { queueNames, retryDelaysMs } from './queues.ts';
import { parseRelease } from './release.ts';

describe('queueNames', () => {
  it('carries the release, so that a release only meets its own messages', () => {
    const { work, retry, dead } = queueNames('document.accepted', parseRelease('42.1'));
    assert.equal(work, 'documents.accepted.s42.1');
    assert.equal(dead, 'documents.accepted.s42.1.dead');
    assert.deepEqual(
      retry,
      retryDelaysMs.map(ms => `documents.accepted.s42.1.retry.${ms}`),
    );
  });
});
