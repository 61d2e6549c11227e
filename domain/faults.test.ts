import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultForms, parseFaults } from './faults.ts';

describe('parseFaults', () => {
  it('reads each fault as it is written', () => {
    assert.deepEqual(faultForms.map(parseFaults), [
      { errors: 0.05 },
      { latencyMs: 300 },
      { stuck: true },
      { crash: true },
      { pushErrors: 0.2 },
      { wrongBytes: true },
      { chokesDatabase: true },
    ]);
  });

  it('reads several at once', () => {
    assert.deepEqual(parseFaults('errors=0.5%, latency=+1ms'), { errors: 0.005, latencyMs: 1 });
  });

  for (const text of [
    '',
    'error',
    'errors',
    'errors=5',
    'errors=0%',
    'errors=101%',
    'errors=-1%',
    'latency=300ms',
    'latency=+0ms',
    'stuck=yes',
    'crash,',
    'constructor',
    'toString=5%',
  ]) {
    it(`refuses ${JSON.stringify(text)}, and says what there is`, () => {
      assert.throws(() => parseFaults(text), {
        code: 'invalid_request',
        message: /is no fault: give errors=5%, latency=\+300ms, stuck, crash, push-errors=20%, wrong-bytes/,
      });
    });
  }

  it('refuses one that is given twice', () => {
    assert.throws(() => parseFaults('errors=5%,errors=6%'), {
      code: 'invalid_request',
      message: 'A fault is given twice (errors): give each once.',
    });
  });
});
