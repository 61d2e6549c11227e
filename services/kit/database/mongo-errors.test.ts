import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  MongoClientClosedError,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoTopologyClosedError,
} from 'mongodb';
import { classifyMongoError, isDuplicateKey } from './mongo-errors.ts';

const serverError = (code: number) => new MongoServerError({ message: `code ${code}`, code });

describe('classifyMongoError', () => {
  for (const code of [1, 16908292, 91, 189, 10107, 11600, 11602, 64]) {
    it(`repeats after server code ${code}`, () =>
      assert.equal(classifyMongoError(serverError(code)), 'again'));
  }
  it('repeats when PostgreSQL has no room for a row, which is nobody’s fault and passes', () => {
    // As FerretDB answers over a full disk: "could not extend file "base/5/19122": No space left on device".
    assert.equal(classifyMongoError(serverError(4293)), 'again');
  });
  it('repeats after a lost connection and a first connection that failed', () => {
    assert.equal(classifyMongoError(new MongoNetworkError('reset')), 'again');
    assert.equal(classifyMongoError(new MongoTopologyClosedError('closed')), 'again');
  });
  it('repeats when a label says so, whatever the code', () => {
    const labelled = new MongoError('busy');
    labelled.addErrorLabel('RetryableWriteError');
    assert.equal(classifyMongoError(labelled), 'again');
  });
  it('gives up at once on a closed client and on refused credentials, which are not the work’s fault', () => {
    assert.equal(classifyMongoError(new MongoClientClosedError()), 'away');
    assert.equal(classifyMongoError(serverError(18)), 'away');
  });
  it('calls all else broken', () => {
    assert.equal(classifyMongoError(serverError(9)), 'broken');
    assert.equal(classifyMongoError(new RangeError('no')), 'broken');
  });
});

describe('isDuplicateKey', () => {
  it('knows the one code', () => {
    assert.equal(isDuplicateKey(serverError(11000)), true);
    assert.equal(isDuplicateKey(serverError(1)), false);
  });
});
