import { glob } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';

const root = join(import.meta.dirname, '..');

/**
 * What a test needs: nothing, real engines that are already running, the whole pair, which it starts itself, the same
 * for minutes and with a machine for itself, or Terraform with a mirror of the provider and the stand-in for AWS.
 */
export type TestKind = 'unit' | 'engine' | 'pair' | 'shipping' | 'infra';

/** How many tests passed, and what is to be said of each that failed. */
export interface TestResults {
  readonly passed: number;
  readonly failures: readonly string[];
}

const suffixes = {
  engine: '.engine.test.ts',
  pair: '.pair.test.ts',
  shipping: '.shipping.test.ts',
  infra: '.infra.test.ts',
} as const;

/** The test files of a kind whose path contains `filter`. */
export async function findTests(kind: TestKind, filter: string): Promise<string[]> {
  const files: string[] = [];
  const excluded = ['node_modules/**', '.parity/**'];
  for await (const file of glob('**/*.test.ts', { cwd: root, exclude: excluded })) {
    if (kindOf(file) === kind && file.includes(filter)) files.push(join(root, file));
  }
  return files.sort();
}

function kindOf(file: string): TestKind {
  const kinds = Object.keys(suffixes) as (keyof typeof suffixes)[];
  return kinds.find(kind => file.endsWith(suffixes[kind])) ?? 'unit';
}

/** Runs test files, each in a process of its own: a line for each file, and everything about what failed. */
export async function runTests(
  files: readonly string[],
  { print, concurrency, env }: { print: (line: string) => void; concurrency: number; env: NodeJS.ProcessEnv },
): Promise<TestResults> {
  const failures: string[] = [];
  let passed = 0;
  if (files.length === 0) return { passed, failures };
  const failedFiles = new Set<string>();
  const stream = run({ files: [...files], concurrency, env: { ...process.env, ...env } });
  const nameOf = (file = 'unknown') => relative(root, file);
  const fail = (file: string | undefined, why: string) => {
    failedFiles.add(nameOf(file));
    const failure = `  ✖ ${nameOf(file)}: ${why}`;
    failures.push(failure);
    print(failure);
  };
  stream.on('test:pass', ({ file, details, name, skip, todo }) => {
    if (skip !== undefined || todo !== undefined)
      fail(file, `${name} is skipped: a test runs or is not there`);
    else if (details.type !== 'suite') passed += 1;
  });
  stream.on('test:fail', ({ file, details, name }) => {
    if (details.type === 'suite' && isOfSubtests(details.error)) return;
    fail(file, `${name}\n${describe(details.error)}`);
  });
  stream.on('test:summary', ({ file, counts, duration_ms }) => {
    if (file === undefined) return;
    const mark = failedFiles.has(nameOf(file)) ? '✖' : '✔';
    print(`  ${mark} ${nameOf(file)}: ${counts.tests} (${(duration_ms / 1000).toFixed(1)} s)`);
  });
  // The runner's own summary lies at the top; what a test says of itself lies below.
  stream.on('test:diagnostic', ({ message, nesting }) => {
    if (nesting > 0) print(`    ${message}`);
  });
  stream.on('test:stderr', ({ message }) => print(message.trimEnd()));
  await finished(stream.resume());
  return { passed, failures };
}

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  return `${cause.stack ?? cause.message}`.replace(/^/gm, '      ');
}

/** A suite fails with its tests, which were counted; what fails in the suite itself counts too. */
function isOfSubtests(error: Error): boolean {
  return 'failureType' in error && error.failureType === 'subtestsFailed';
}
