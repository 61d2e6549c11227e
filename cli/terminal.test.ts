import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { realTerminal } from './terminal.ts';

function aTerminal(size: { rows?: number; columns?: number } = {}, isTTY = true) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, ...size });
  const shown = () => String(stdout.read()).replaceAll(/\u001b\[\d*[AJ]/g, '');
  return { terminal: realTerminal({ stdin, stdout, stderr }), stdin, stdout, shown };
}

const lines = Array.from({ length: 30 }, (_, at) => `${at} `.padEnd(100, '.'));

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

  it('asks nobody, and is no screen, where a program reads', () => {
    const { terminal } = aTerminal({}, false);
    assert.deepEqual([terminal.canAsk, terminal.isScreen], [false, false]);
  });

  it('shows what fits, in the place of what it showed', () => {
    const { terminal, stdout, shown } = aTerminal({ rows: 6, columns: 41 });
    terminal.replace(lines);
    assert.deepEqual(shown().split('\n'), [...lines.slice(0, 5).map(line => line.slice(0, 40)), '']);
    terminal.replace(['one']);
    assert.equal(stdout.read(), '\u001b[5A\u001b[0Jone\n');
  });

  it('shows a line as one, whoever wrote what is in it', () => {
    const { terminal, stdout } = aTerminal();
    terminal.replace(['a\nb\u001b[2J', 'c']);
    terminal.replace([]);
    assert.equal(stdout.read(), '\u001b[0Ja b\\u001b[2J\nc\n\u001b[2A\u001b[0J');
  });

  it('takes a terminal that does not say how large it is for a usual one', () => {
    const { terminal, shown } = aTerminal({ rows: 0, columns: 0 });
    terminal.replace(lines);
    const seen = shown().split('\n');
    assert.deepEqual([seen.length, seen[0]?.length], [24, 79]);
  });
});
