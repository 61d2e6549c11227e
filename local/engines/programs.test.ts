import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findProgram, requirePrograms } from './programs.ts';

const machine = { env: { PATH: '/nowhere::relative:/bin' }, progress: () => {} };

describe('findProgram', () => {
  it('finds what is on PATH, and only that', async () => {
    assert.equal(await findProgram(machine, 'sh'), '/bin/sh');
    assert.equal(await findProgram(machine, 'no-such-program'), undefined);
  });
});

describe('requirePrograms', () => {
  it('says which engine, what is missing, and what may be given instead', async () => {
    const need = { engine: 'FerretDB', programs: ['sh', 'no-go'], urlVariables: 'PARITY_MONGODB_URL' };
    await assert.rejects(requirePrograms(machine, need), {
      code: 'engine_missing',
      message:
        'FerretDB cannot be installed: no-go not found on PATH. ' +
        'Install what is missing, or give a running one: PARITY_MONGODB_URL.',
    });
  });
});
