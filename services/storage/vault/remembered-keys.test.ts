import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../../domain/errors.ts';
import { manualClock } from '../../kit/manual-clock.ts';
import { systemRandom } from '../../kit/ports.ts';
import { keyWrapperContract } from './key-wrapper.contract.ts';
import type { KeyWrapper } from './key-wrapper.ts';
import { masterKeyWrapper } from './master-key.ts';
import { rememberedKeys, rememberedMs } from './remembered-keys.ts';
import { buildMasterKey, masterKeyFileOf } from './vault-world.ts';

const context = { document: 'd-1', version: '1', owner: 'anna' };
const documentKey = systemRandom.bytes(32);
const down = new ParityError('vault_unavailable', 'the key service is down');

/** A key service that can be down, and counts what it is asked. */
function aKeyService() {
  const clock = manualClock();
  const below = masterKeyWrapper(masterKeyFileOf(buildMasterKey('first')), systemRandom);
  const service = { isDown: false, asked: 0 };
  const ask = () => {
    service.asked += 1;
    if (service.isDown) throw down;
  };
  const keys: KeyWrapper = {
    wrap: async (...of) => (ask(), below.wrap(...of)),
    unwrap: async (...of) => (ask(), below.unwrap(...of)),
  };
  return { service, clock, below, keys: rememberedKeys(keys, clock) };
}

describe('rememberedKeys', () => {
  keyWrapperContract(() => aKeyService().keys);

  it('lets reads go on while the key service is down, until their time is over', async () => {
    const { service, clock, below, keys } = aKeyService();
    const mine = await keys.wrap(documentKey, context);
    const read = await below.wrap(documentKey, context);
    await keys.unwrap(read, context);
    service.isDown = true;
    clock.advance(rememberedMs - 1);
    assert.deepEqual(await keys.unwrap(mine, context), documentKey);
    assert.deepEqual(await keys.unwrap(read, context), documentKey);
    await assert.rejects(keys.wrap(documentKey, context), down);
    clock.advance(1);
    await assert.rejects(keys.unwrap(mine, context), down);
    await assert.rejects(keys.unwrap(read, context), down);
  });

  it('asks once for a document that is read often', async () => {
    const { service, below, keys } = aKeyService();
    const wrapped = await below.wrap(documentKey, context);
    for (let times = 0; times < 5; times++) await keys.unwrap(wrapped, context);
    assert.equal(service.asked, 1);
  });

  it('gives out copies: whoever clears his key takes it from nobody', async () => {
    const { keys } = aKeyService();
    const own = Buffer.from(documentKey);
    const wrapped = await keys.wrap(own, context);
    own.fill(0);
    (await keys.unwrap(wrapped, context)).fill(0);
    assert.deepEqual(await keys.unwrap(wrapped, context), documentKey);
  });

  it('remembers so many and no more', async () => {
    const { service, keys } = aKeyService();
    const first = await keys.wrap(documentKey, context);
    const others = Array.from({ length: 1_000 }, () => keys.wrap(documentKey, context));
    const last = (await Promise.all(others)).at(-1) ?? '';
    service.isDown = true;
    await keys.unwrap(last, context);
    await assert.rejects(keys.unwrap(first, context), down);
  });
});
