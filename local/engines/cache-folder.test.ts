import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { engineCacheFolder } from './cache-folder.ts';

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
