import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { engineCacheFolder } from './cache-folder.ts';
import { findProgram, requirePrograms } from './programs.ts';
import { isInRange } from './version-range.ts';

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

describe('engineCacheFolder', () => {
  it("lies in the user's cache folder", () => {
    assert.equal(engineCacheFolder({ env: { HOME: '/h' } }), '/h/.cache/parity/engines');
    assert.equal(engineCacheFolder({ env: { HOME: '/h', XDG_CACHE_HOME: '/c' } }), '/c/parity/engines');
  });
  it('ignores a relative XDG_CACHE_HOME', () => {
    assert.equal(engineCacheFolder({ env: { HOME: '/h', XDG_CACHE_HOME: 'c' } }), '/h/.cache/parity/engines');
  });
  it('says what to set when there is no home', () => {
    const message = 'Set HOME or XDG_CACHE_HOME: engines are installed below it.';
    assert.throws(() => engineCacheFolder({ env: {} }), { code: 'invalid_configuration', message });
  });
});

describe('isInRange', () => {
  it('compares number by number', () => {
    const range = { from: '4.2', below: '5' };
    for (const version of ['4.2', '4.2.0', '4.3.6-1', '4.10']) assert.ok(isInRange(version, range), version);
    for (const version of ['4.1.9', '3.13.7', '5', '5.0.0-rc1', '', 'new'])
      assert.ok(!isInRange(version, range), version);
  });
});
