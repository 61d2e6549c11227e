import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

interface Printed {
  readonly core: string;
  readonly stacks: Readonly<Record<string, Record<string, unknown>>>;
}

async function print(...flags: string[]): Promise<Printed> {
  const script = join(import.meta.dirname, 'testing', 'print-estate.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-deprecation', ...flags, script], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Printed;
}

/** Without what a core says of itself: its own remarks, and which providers it asks for. */
function withoutItsName(stack: Record<string, unknown>): unknown {
  const silent = new Set(['//', 'required_providers']);
  return JSON.parse(JSON.stringify(stack, (key, value: unknown) => (silent.has(key) ? undefined : value)));
}

describe('the alias from cdktf to cdktn', () => {
  it('synthesizes the same stacks', async () => {
    const alias = join(import.meta.dirname, 'testing', 'cdktn-alias.ts');
    const [ours, theirs] = await Promise.all([print(), print('--import', alias)]);
    assert.deepEqual([ours.core, theirs.core], ['cdktf', 'cdktn']);
    assert.deepEqual(Object.keys(theirs.stacks).sort(), Object.keys(ours.stacks).sort());
    for (const [name, stack] of Object.entries(ours.stacks)) {
      assert.deepEqual(withoutItsName(theirs.stacks[name] ?? {}), withoutItsName(stack), name);
    }
  });
});
