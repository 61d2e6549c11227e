import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemRandom } from '../../kit/ports.ts';
import type { KeyWrapper } from './key-wrapper.ts';

const context = { document: 'd-1', version: '1', owner: 'anna' };
const documentKey = systemRandom.bytes(32);

/** What every KeyWrapper must do: KMS's, the laptop's, and what remembers the keys of either. */
export function keyWrapperContract(open: () => KeyWrapper): void {
  it('opens what it wrapped, and never wraps to the same text twice', async () => {
    const { wrap, unwrap } = open();
    const [one, two] = [await wrap(documentKey, context), await wrap(documentKey, context)];
    assert.notEqual(one, two);
    assert.deepEqual(await unwrap(one, context), documentKey);
    assert.deepEqual(await unwrap(two, context), documentKey);
  });

  it('opens nothing for another document, version or owner, and nothing that was altered', async () => {
    const { wrap, unwrap } = open();
    const wrapped = await wrap(documentKey, context);
    const refusal = { code: 'document_corrupt', message: "A document's wrapped key does not open for it." };
    for (const other of [{ document: 'd-2' }, { version: '2' }, { owner: 'bert' }]) {
      await assert.rejects(unwrap(wrapped, { ...context, ...other }), refusal);
    }
    const [id = ''] = wrapped.split('.');
    for (const altered of [`${wrapped.slice(0, -4)}AAAA`, `${id}.AAAA`, `${id}.${'A'.repeat(80)}`]) {
      await assert.rejects(unwrap(altered, context), refusal);
    }
  });
}
