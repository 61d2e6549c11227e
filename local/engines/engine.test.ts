import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ofSomebodyElse, startInFirstWay } from './engine.ts';
import type { RunningEngine, Way } from './engine.ts';

const closed: Way<string, RunningEngine> = async () => undefined;
const open =
  (version: string): Way<string, RunningEngine> =>
  async url => ({ ...ofSomebodyElse('engine', url), version });

describe('startInFirstWay', () => {
  it('takes the first way that is open', async () => {
    const { url, version } = await startInFirstWay([closed, open('1'), open('2')], 'x:');
    assert.deepEqual([url, version], ['x:', '1']);
  });
  it('goes no further when an open way fails', async () => {
    const failing = () => Promise.reject(new TypeError('broken'));
    await assert.rejects(startInFirstWay([failing, open('2')], 'x:'), { message: 'broken' });
  });
  it('says so when no way is open', async () => {
    const message = 'No way to have this engine is open on this machine.';
    await assert.rejects(startInFirstWay([closed], 'x:'), { code: 'engine_missing', message });
  });
});
