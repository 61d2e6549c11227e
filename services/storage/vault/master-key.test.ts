import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isParityError } from '../../../domain/errors.ts';
import { systemRandom } from '../../kit/ports.ts';
import { keyWrapperContract } from './key-wrapper.contract.ts';
import { masterKeyWrapper } from './master-key.ts';
import { buildMasterKey, masterKeyFileOf } from './vault-world.ts';

const context = { document: 'd-1', version: '1', owner: 'anna' };
const documentKey = systemRandom.bytes(32);
const [first, second] = [buildMasterKey('2026-1'), buildMasterKey('2026-2')];
const wrapper = (...keys: unknown[]) => masterKeyWrapper(masterKeyFileOf(...keys), systemRandom);

describe('masterKeyWrapper', () => {
  keyWrapperContract(() => wrapper(first));

  it('wraps with the first key and opens with all, so that a new first key is all that rotation needs', async () => {
    const old = await wrapper(first).wrap(documentKey, context);
    const rotated = wrapper(second, first);
    assert.deepEqual(await rotated.unwrap(old, context), documentKey);
    const young = await rotated.wrap(documentKey, context);
    assert.match(young, /^2026-2\./);
    assert.deepEqual(await wrapper(second).unwrap(young, context), documentKey);
  });

  it('opens nothing that is no sealed text at all', async () => {
    const { wrap, unwrap } = wrapper(first);
    const wrapped = await wrap(documentKey, context);
    for (const altered of [wrapped.slice(0, -2), `${first.id}.`, `${first.id}`]) {
      await assert.rejects(unwrap(altered, context), { code: 'document_corrupt' });
    }
  });

  it('says which master key is missing', async () => {
    const wrapped = await wrapper(first).wrap(documentKey, context);
    await assert.rejects(wrapper(second).unwrap(wrapped, context), {
      code: 'vault_unavailable',
      message: 'The master key "2026-1" is not in the master key file: put it back.',
    });
  });

  it('refuses a file that is not valid, without quoting its keys', () => {
    const { key } = first;
    const refused = (file: string, why: RegExp) =>
      assert.throws(
        () => masterKeyWrapper(file, systemRandom),
        error => {
          assert.ok(isParityError(error, 'invalid_configuration'));
          assert.match(error.message, /^The master key file is not valid: /);
          assert.match(error.message, why);
          assert.ok(!error.message.includes(key.slice(0, 8)), 'the key is not quoted');
          assert.equal(error.cause, undefined);
          return true;
        },
      );
    refused(`{ "keys": [{ "id": "a", "key": "${key}`, /it is not JSON/);
    refused('{}', /keys/);
    refused(masterKeyFileOf(), /keys/);
    refused(masterKeyFileOf({ id: 'a', key: `${key}AAAA` }), /32 bytes/);
    refused(masterKeyFileOf({ id: 'a', key: key.slice(0, 40) }), /32 bytes/);
    refused(masterKeyFileOf({ id: 'a', key: `${key}!` }), /keys\[0\]\.key/);
    refused(masterKeyFileOf({ id: 'a.b', key }), /keys\[0\]\.id/);
    refused(masterKeyFileOf({ id: 'a', key }, { id: 'a', key: second.key }), /two keys have the same id/);
  });
});
