import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const hook = join(import.meta.dirname, 'zod-in-english.ts');

/** What a process of its own says, which has imported zod after `hook` or without it. */
async function languagesOf(program: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
  });
  return JSON.parse(stdout);
}

const look = `const { z } = await import('zod');
  console.log(JSON.stringify([Object.keys(z.locales).length, z.string().safeParse(1).error.issues[0].message]));`;

describe('zod in English', () => {
  it('reads none of the languages that nobody asked for, and says the same', async () => {
    const [without, all] = await Promise.all([
      languagesOf(`await import(${JSON.stringify(hook)}); ${look}`),
      languagesOf(look),
    ]);
    const english = 'Invalid input: expected string, received number';
    assert.deepEqual(without, [0, english]);
    assert.ok(Array.isArray(all) && all[0] > 50 && all[1] === english, `${all}`);
  });
});
