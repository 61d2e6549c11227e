import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

const module = join(import.meta.dirname, 'stop-signals.ts');

/** A process that says when it was asked to stop, and then takes its time. */
async function aProcess(context: TestContext) {
  const program = `
    import { untilAskedToStop } from '${module}';
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

describe('endWithReader', () => {
  /** Runs `rest`, which writes for ever to a stdout that nobody reads, and gives its exit code and what it says. */
  async function unread(context: TestContext, rest: string) {
    const program = `
      import { endWithReader, onceInterrupted, untilAskedToStop } from '${module}';
      endWithReader(process.stdout);
      const writing = setInterval(() => process.stdout.write('a line\\n'), 10);
      ${rest}`;
    const args = ['--input-type=module', '--eval', program];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    context.after(() => child.kill('SIGKILL'));
    child.stdout.destroy();
    const exited = once(child, 'exit');
    const said = await text(child.stderr);
    return { ended: await exited, said };
  }

  it('ends at once, quietly, what has nothing to put in order', async context => {
    assert.deepEqual(await unread(context, ''), { ended: [0, null], said: '' });
  });

  it('ends with the code that is known already', async context => {
    assert.deepEqual(await unread(context, 'process.exitCode = 3;'), { ended: [3, null], said: '' });
  });

  it('asks what stops in order to stop, and lets it take its time', async context => {
    const stopsInOrder = `
      await untilAskedToStop({});
      console.error('asked');
      setTimeout(() => (console.error('stopped'), clearInterval(writing)), 1_500);`;
    assert.deepEqual(await unread(context, stopsInOrder), { ended: [0, null], said: 'asked\nstopped\n' });
  });

  it('has what leaves in order leave, once, and ends at once what has left', async context => {
    const leavesInOrder = `
      const forget = onceInterrupted(() => {
        console.error('leaving');
        setTimeout(() => (console.error('left'), forget()), 200);
      });`;
    assert.deepEqual(await unread(context, leavesInOrder), { ended: [0, null], said: 'leaving\nleft\n' });
  });
});
