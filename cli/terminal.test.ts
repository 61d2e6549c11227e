import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { realTerminal } from './terminal.ts';

function aTerminal() {
  const stream = () => Object.assign(new PassThrough(), { isTTY: true });
  const streams = { stdin: stream(), stdout: stream(), stderr: stream() };
  return { ...streams, terminal: realTerminal(streams as unknown as typeof process) };
}

describe('realTerminal', () => {
  it('gives what was answered', async () => {
    const { terminal, stdin } = aTerminal();
    const answer = terminal.ask('Ship? ');
    stdin.write('yes\r');
    assert.equal(await answer, 'yes');
  });

  it('takes Ctrl-C and Ctrl-D for no answer', async () => {
    for (const key of ['\u0003', '\u0004']) {
      const { terminal, stdin } = aTerminal();
      const answer = terminal.ask('Ship? ');
      stdin.write(key);
      assert.equal(await answer, '');
    }
  });
});
