import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const hook = join(import.meta.dirname, 'light-zod.ts');

/** What a process of its own says, which has imported zod after `hook` or without it. */
async function zodOf(program: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
  });
  return JSON.parse(stdout);
}

const look = `const { z } = await import('zod');
  const { message } = z.string().safeParse(1).error.issues[0];
  console.log(JSON.stringify([Object.keys(z.locales).length, z.config().jitless === true, message]));`;

describe('light zod', () => {
  it('reads no languages, compiles nothing, and says the same', async () => {
    const [without, all] = await Promise.all([
      zodOf(`await import(${JSON.stringify(hook)}); ${look}`),
      zodOf(look),
    ]);
    const english = 'Invalid input: expected string, received number';
    assert.deepEqual(without, [0, true, english]);
    assert.ok(Array.isArray(all) && all[0] > 50 && all[1] === false && all[2] === english, `${all}`);
  });
});
