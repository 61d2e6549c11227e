import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createFaultScript, faultNames } from './scripted-fault.ts';

describe('createFaultScript', () => {
  it('delivers to a token that names no fault', () => {
    const fateOf = createFaultScript();
    assert.equal(fateOf('anna').kind, 'deliver');
    assert.equal(fateOf('my-unavailable-phone').kind, 'deliver');
    assert.equal(fateOf('').kind, 'deliver');
  });

  it('fails for ever without a count', () => {
    const fateOf = createFaultScript();
    assert.deepEqual([fateOf('reset-anna').kind, fateOf('reset-anna').kind], ['reset', 'reset']);
  });

  it('fails as often as the name says, for each token by itself', () => {
    const fateOf = createFaultScript();
    const kinds = ['a', 'a', 'b', 'a', 'b', 'b'].map(who => fateOf(`hang-2x-${who}`).kind);
    assert.deepEqual(kinds, ['hang', 'hang', 'hang', 'deliver', 'hang', 'deliver']);
  });

  it('is explained on the page, fault by fault', async () => {
    const page = await readFile(join(import.meta.dirname, 'page.html'), 'utf8');
    const explained = [...page.matchAll(/<td><code>([a-z-]+)-…<\/code>/g)].map(match => match[1]);
    assert.deepEqual(explained, [...faultNames]);
  });
});
