import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { testFolder } from '../services/kit/test-folder.ts';
import type { TestResults } from './test-files.ts';

/** Runs one test file by itself, for a test runner within a test runs nothing; what it told and printed. */
async function runOne(test: TestContext, body: string): Promise<TestResults & { printed: string }> {
  const folder = await testFolder(test);
  const [file, program] = [join(folder, 'one.test.ts'), join(folder, 'program.ts')];
  await writeFile(file, `import { describe, it } from 'node:test';\n${body}`);
  await writeFile(
    program,
    `import { runTests } from ${JSON.stringify(join(import.meta.dirname, 'test-files.ts'))};
     const printed = [];
     const results = await runTests([${JSON.stringify(file)}], { print: line => printed.push(line), concurrency: 1, env: {} });
     console.log(JSON.stringify({ ...results, printed: printed.join('\\n') }));`,
  );
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
  return JSON.parse(stdout) as TestResults & { printed: string };
}

describe('runTests', () => {
  it('counts tests, and says which file failed and why', async test => {
    const body = `describe('all', () => { it('holds', () => {}); it('fails', () => { throw new Error('no disk'); }); });`;
    const { passed, failures, printed } = await runOne(test, body);
    assert.deepEqual([passed, failures.length], [1, 1]);
    assert.match(failures[0] ?? '', /✖ .*one\.test\.ts: fails\n +Error: no disk/);
    assert.ok(printed.includes(failures[0] ?? ''), printed);
    assert.match(printed, /✖ .*one\.test\.ts: 2 \(/);
  });

  it('counts as failed what is skipped, be it a suite or only planned, and goes on', async test => {
    const body = `it.skip('a test', () => {}); describe.skip('a suite', () => { it('of it', () => {}); }); it.todo('a plan'); it('holds', () => {});`;
    const { passed, failures, printed } = await runOne(test, body);
    assert.deepEqual([passed, failures.length], [1, 3]);
    assert.match(printed, /a test is skipped: a test runs or is not there/);
    assert.match(printed, /a suite is skipped/);
    assert.match(printed, /✖ .*one\.test\.ts: /);
  });
});
