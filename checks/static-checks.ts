import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { TestResults } from './test-files.ts';

const root = join(import.meta.dirname, '..');

interface StaticCheck {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** Pairs that run at once: together they keep two cores busy. */
const checks: readonly StaticCheck[] = [
  { name: 'types', program: 'tsc', args: ['--project', '.'] },
  { name: 'lint', program: 'eslint', args: ['.', '--max-warnings', '0'] },
  { name: 'format', program: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'arrows', program: 'depcruise', args: ['--config', '.dependency-cruiser.cjs', '.'] },
];

/** Runs the checks that need no running code; what one says is shown only when it fails. */
export async function runStaticChecks(print: (line: string) => void): Promise<TestResults> {
  print('Static checks');
  const half = Math.ceil(checks.length / 2);
  const results = [
    ...(await Promise.all(checks.slice(0, half).map(check => runCheck(check, print)))),
    ...(await Promise.all(checks.slice(half).map(check => runCheck(check, print)))),
  ];
  const failures = results.filter(failure => failure !== undefined);
  return { passed: results.length - failures.length, failures };
}

/** Undefined where all is in order. */
async function runCheck(
  { name, program, args }: StaticCheck,
  print: (line: string) => void,
): Promise<string | undefined> {
  const began = performance.now();
  const child = spawn(join(root, 'node_modules', '.bin', program), args, { cwd: root });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const line = `  ${code === 0 ? '✔' : '✖'} ${name} (${seconds} s)`;
  const failure = code === 0 ? undefined : `${line}\n${Buffer.concat(output).toString('utf8')}`;
  print(failure ?? line);
  return failure;
}
