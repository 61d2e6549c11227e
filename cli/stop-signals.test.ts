import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

/** A process that says when it was asked to stop, and then takes its time. */
async function aProcess(context: TestContext) {
  const program = `
    import { untilAskedToStop } from '${join(import.meta.dirname, 'stop-signals.ts')}';
    setInterval(() => {}, 60_000);
    const asked = untilAskedToStop({});
    console.log('running');
    await asked;
    console.log('asked');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const says = async (line: string) => assert.deepEqual(await once(lines, 'line'), [line]);
  await says('running');
  return { child, says };
}

describe('untilAskedToStop', () => {
  it('takes the Ctrl-C that npm hands on for the one that the terminal has sent', async context => {
    const { child, says } = await aProcess(context);
    child.kill('SIGINT');
    await says('asked');
    child.kill('SIGINT');
    const ended = once(child, 'exit').then(() => 'ended');
    assert.equal(await Promise.race([ended, pause(300, 'alive')]), 'alive');
  });

  it('ends everything at once at the next one', async context => {
    const { child, says } = await aProcess(context);
    child.kill('SIGINT');
    await says('asked');
    await pause(1_100);
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [130, null]);
  });
});
