import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { testFolder } from '../services/kit/test-folder.ts';

/** Runs one test file by itself, for a test runner within a test runs nothing; what it counted and printed. */
async function runOne(test: TestContext, body: string): Promise<{ counts: unknown; printed: string }> {
  const folder = await testFolder(test);
  const [file, program] = [join(folder, 'one.test.ts'), join(folder, 'program.ts')];
  await writeFile(file, `import { describe, it } from 'node:test';\n${body}`);
  await writeFile(
    program,
    `import { runTests } from ${JSON.stringify(join(import.meta.dirname, 'test-files.ts'))};
     const printed = [];
     const counts = await runTests([${JSON.stringify(file)}], { print: line => printed.push(line), concurrency: 1, env: {} });
     console.log(JSON.stringify({ counts, printed: printed.join('\\n') }));`,
  );
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
  return JSON.parse(stdout) as { counts: unknown; printed: string };
}

describe('runTests', () => {
  it('counts tests, and says which file failed and why', async test => {
    const body = `describe('all', () => { it('holds', () => {}); it('fails', () => { throw new Error('no disk'); }); });`;
    const { counts, printed } = await runOne(test, body);
    assert.deepEqual(counts, { passed: 1, failed: 1 });
    assert.match(printed, /✖ .*one\.test\.ts: fails\n +Error: no disk/);
    assert.match(printed, /✖ .*one\.test\.ts: 2 \(/);
  });

  it('counts as failed what is skipped, be it a suite or only planned, and goes on', async test => {
    const body = `it.skip('a test', () => {}); describe.skip('a suite', () => { it('of it', () => {}); }); it.todo('a plan'); it('holds', () => {});`;
    const { counts, printed } = await runOne(test, body);
    assert.deepEqual(counts, { passed: 1, failed: 3 });
    assert.match(printed, /a test is skipped: a test runs or is not there/);
    assert.match(printed, /a suite is skipped/);
    assert.match(printed, /✖ .*one\.test\.ts: /);
  });
});
