import { argv, exit, stdout } from 'node:process';
import { runStaticChecks } from './static-checks.ts';
import { startTestEngines } from './test-engines.ts';
import { findTests, runTests, type TestResults } from './test-files.ts';

/**
 * `npm test`: types, format, lint, arrows, then unit tests, then tests on real engines; one summary at the end.
 * `npm run test:pair`: the slower tests that start whole pairs and kill them.
 * `npm run test:shipping`: whole releases under load, good and bad, and their engine killed; minutes each.
 * `npm run test:infra`: the estate on AWS, with real Terraform against a stand-in; fails where either is missing.
 * With a text (`npm test -- local/front-door`) only the tests whose path contains it, without the static checks.
 */
const slowSuites = {
  pair: 'Tests of whole pairs',
  shipping: 'Tests of releases under load',
  infra: 'Tests of the estate on AWS',
} as const;
const slow = (Object.keys(slowSuites) as (keyof typeof slowSuites)[]).find(kind =>
  argv.includes(`--${kind}`),
);
const filter = argv.slice(2).find(argument => !argument.startsWith('--')) ?? '';
const began = performance.now();
const print = (line: string) => void stdout.write(`${line}\n`);

const failures: string[] = [];
let passed = 0;
const count = (results: TestResults) => {
  passed += results.passed;
  failures.push(...results.failures);
};

async function runOnEngines(files: readonly string[]): Promise<void> {
  print('\nTests on real engines');
  const engines = await startTestEngines(print);
  try {
    count(await runTests(files, { print, concurrency: 1, env: engines.env }));
  } finally {
    await engines.stop();
  }
}

if (slow !== undefined) {
  print(slowSuites[slow]);
  count(await runTests(await findTests(slow, filter), { print, concurrency: 1, env: {} }));
} else {
  if (filter === '') count(await runStaticChecks(print));
  print('\nUnit tests');
  count(await runTests(await findTests('unit', filter), { print, concurrency: 2, env: {} }));
  const files = await findTests('engine', filter);
  if (files.length > 0) await runOnEngines(files);
}

print(`\n${Math.round((performance.now() - began) / 1000)} s`);
print(`${passed} passed, ${failures.length} failed`);
// Once more, for whoever sees no more than the end of a long run.
if (failures.length > 0) print(['', 'What failed', ...failures].join('\n'));
exit(failures.length === 0 && passed > 0 ? 0 : 1);
