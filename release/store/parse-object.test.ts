import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { parseObject } from './parse-object.ts';

const at = '/state/lock/7.json';

describe('parseObject', () => {
  it('says where what is broken lies, and what to do about it', () => {
    assert.throws(() => parseObject('lock', { text: '{"sch', tag: '7', at }, z.unknown()), {
      code: 'invalid_record',
      message:
        'The lock is not JSON. Something other than Parity wrote /state/lock/7.json: delete it: whoever ships then stops, and ./parity resume goes on.',
    });
    assert.throws(
      () => parseObject('lock', { text: '{}', tag: '7', at }, z.object({ schema: z.literal(1) })),
      {
        code: 'invalid_record',
        message:
          /^The lock is not valid:\n[^]*schema[^]*\nSomething other than Parity wrote \/state\/lock\/7\.json: delete it/,
      },
    );
  });
});
