import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fakeCli } from './fake-world.ts';

const root = join(import.meta.dirname, '..');

/** Every command line of ours that a page shows: in backticks, or as a line of an example. */
async function commandLines(): Promise<string[]> {
  const lines = new Set<string>();
  for await (const file of glob(['*.md', 'docs/**/*.md'], { cwd: root })) {
    const text = await readFile(join(root, file), 'utf8');
    const shown = text.matchAll(/`\.\/parity ([^`]+)`|^(?:\$ )?\.\/parity ([^#\n]+)/gm);
    for (const [, inText, inExample] of shown)
      lines.add((inText ?? inExample ?? '').replaceAll(/\s+/g, ' ').trim());
  }
  return [...lines].sort();
}

describe('the pages of this repository', () => {
  it('name only commands and options that there are', async context => {
    const lines = await commandLines();
    assert.ok(lines.length >= 15, lines.join('\n'));
    const cli = await fakeCli(context);
    for (const line of lines) {
      const words = line.split(' ');
      const named = words.slice(0, 2).filter(word => /^[a-z]+$/.test(word));
      const { out } = await cli.run(...named, '--help');
      const usage = /^Usage: parity ([a-z]+(?: [a-z]+)*)/.exec(out)?.[1] ?? '';
      assert.ok(usage !== '' && `${line} `.startsWith(`${usage} `), `there is no ./parity ${line}`);
      const group = out.startsWith(`Usage: parity ${usage} [options] [command]`);
      assert.ok(!group || named.length === 1, `there is no ./parity ${line}`);
      for (const option of words.filter(word => word.startsWith('-')))
        assert.ok(out.includes(`${option} `) || out.includes(`${option},`), `./parity ${line}: no ${option}`);
    }
  });
});
