import { argv, exit, stdout } from 'node:process';
import { runStaticChecks } from './static-checks.ts';
import { startTestEngines } from './test-engines.ts';
import { findTests, runTests, type TestCounts } from './test-files.ts';

/**
 * `npm test`: types, format, lint, arrows, then unit tests, then tests on real engines, then tests of the whole pair;
 * one summary at the end. `npm test -- local/front-door` runs only the tests whose path contains that text.
 */
const filter = argv[2] ?? '';
const began = performance.now();
const print = (line: string) => void stdout.write(`${line}\n`);

const total: TestCounts = { passed: 0, failed: 0 };
const count = ({ passed, failed }: TestCounts) => {
  total.passed += passed;
  total.failed += failed;
};

if (filter === '') count(await runStaticChecks(print));

print('\nUnit tests');
count(await runTests(await findTests('unit', filter), { print, concurrency: 2, env: {} }));

const engineTests = await findTests('engine', filter);
if (engineTests.length > 0) {
  print('\nTests on real engines');
  const engines = await startTestEngines(print);
  try {
    count(await runTests(engineTests, { print, concurrency: 1, env: engines.env }));
  } finally {
    await engines.stop();
  }
}

const pairTests = await findTests('pair', filter);
if (pairTests.length > 0) {
  print('\nTests of the whole pair');
  count(await runTests(pairTests, { print, concurrency: 1, env: {} }));
}

print(`\n${Math.round((performance.now() - began) / 1000)} s`);
print(`${total.passed} passed, ${total.failed} failed`);
exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
