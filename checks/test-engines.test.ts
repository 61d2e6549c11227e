import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../domain/errors.ts';
import { allOrNone } from './test-engines.ts';

describe('allOrNone', () => {
  it('gives what has started, in order', async () => {
    const [one, two] = [{ stop: async () => {} }, { stop: async () => {} }];
    assert.deepEqual(await allOrNone([Promise.resolve(one), Promise.resolve(two)]), [one, two]);
  });

  it('stops what has started, also later, when something else does not', async () => {
    const stopped: string[] = [];
    const engine = (name: string) => ({ stop: async () => void stopped.push(name) });
    const late = Promise.withResolvers<ReturnType<typeof engine>>();
    const why = new ParityError('engine_missing', 'No way to have this engine is open on this machine.');
    const starting = allOrNone([Promise.resolve(engine('first')), Promise.reject(why), late.promise]);
    late.resolve(engine('late'));
    await assert.rejects(starting, why);
    assert.deepEqual(stopped, ['first', 'late']);
  });
});
