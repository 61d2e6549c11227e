import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';

describe('parity, as a process', () => {
  it('goes on to its end, and exits as it should, when nobody reads its stderr any more', async () => {
    const args = [join(import.meta.dirname, 'main.ts'), 'statsu'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.destroy();
    assert.deepEqual(await once(child, 'exit'), [2, null]);
  });

  it('ends quietly when nobody reads its stdout any more', async () => {
    const args = [join(import.meta.dirname, 'main.ts'), '--help'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [said, ended] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    assert.deepEqual([said, ended], ['', [0, null]]);
  });
});
