import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { statePaths } from '../state/state-paths.ts';
import { readSettings } from './read-settings.ts';

const paths = statePaths('/state');

describe('readSettings', () => {
  it('is what services take when nothing is set', () => {
    const { maxDocumentBytes, linkSignIn } = readSettings({ env: { HOME: '/home/anna' }, paths });
    assert.deepEqual([maxDocumentBytes > 0, linkSignIn], [true, false]);
  });

  it('is what is set', () => {
    const env = { PARITY_MAX_DOCUMENT_BYTES: '1000', PARITY_LINK_SIGN_IN: 'yes' };
    const { maxDocumentBytes, linkSignIn } = readSettings({ env, paths });
    assert.deepEqual([maxDocumentBytes, linkSignIn], [1_000, true]);
  });

  it('names every fault, whichever service would meet it', () => {
    const env = { PARITY_LINK_SIGN_IN: 'true', PARITY_SWEEP_AFTER_MS: 'soon' };
    assert.throws(() => readSettings({ env, paths }), {
      code: 'invalid_configuration',
      message: [
        'The environment does not configure this process:',
        '  PARITY_SWEEP_AFTER_MS must be a whole number above 0.',
        '  PARITY_LINK_SIGN_IN must be yes or no.',
      ].join('\n'),
    });
  });
});
