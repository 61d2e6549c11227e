import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileSystemContract } from './file-system.contract.ts';
import { fileErrorCode, nodeFileSystem, systemErrorCode } from './file-system.ts';

fileSystemContract('the machine', nodeFileSystem);

const coded = (code: unknown) => Object.assign(new Error('no'), { code });

describe('fileErrorCode', () => {
  it('is the code of an error that has one', () => {
    assert.equal(fileErrorCode(coded('ENOENT')), 'ENOENT');
    assert.equal(fileErrorCode(coded(7)), undefined);
    assert.equal(fileErrorCode(new Error('no')), undefined);
    assert.equal(fileErrorCode({ code: 'ENOENT' }), undefined);
  });
});

describe('systemErrorCode', () => {
  it('tells what the system refused from what we did wrong', () => {
    assert.equal(systemErrorCode(coded('EIO')), 'EIO');
    assert.equal(systemErrorCode(coded('E2BIG')), 'E2BIG');
    assert.equal(systemErrorCode(coded('ERR_INVALID_ARG_TYPE')), undefined);
  });
});
