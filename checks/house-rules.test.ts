import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ESLint, Linter } from 'eslint';
import tseslint from 'typescript-eslint';

const root = join(import.meta.dirname, '..');
const eslint = new ESLint({ cwd: root });

/** How often lint objects to a file of that name by a rule that needs no types. */
async function objections(file: string, code: string, rule = 'no-restricted-syntax'): Promise<number> {
  const { rules } = (await eslint.calculateConfigForFile(join(root, file))) as Linter.Config;
  const found = new Linter({ cwd: root }).verify(
    code,
    {
      files: ['**/*.ts'],
      languageOptions: { parser: tseslint.parser as Linter.Parser },
      rules: { [rule]: rules?.[rule] ?? 'off' },
    },
    { filename: file },
  );
  const [fatal] = found.filter(message => message.fatal);
  if (fatal !== undefined) throw new SyntaxError(`${code}: ${fatal.message}`);
  return found.length;
}

/** Each is a violation of its own. */
const violations: Readonly<Record<string, readonly string[]>> = {
  'errors without a code': [
    "throw new Error('x');",
    "throw Error('x');",
    "throw new globalThis.Error('x');",
    "throw new RangeError('x');",
    'export class Broken extends Error {}',
    'export class Broken extends TypeError {}',
    'export class Broken extends globalThis.Error {}',
  ],
  'the two words': [
    "export const live = 'odd';",
    'export const live = `even`;',
    'export const of = { odd: 1 };',
    "export const of = { 'even': 1 };",
    'export const { odd } = both;',
    'export const one = both.even;',
    'export interface Both { readonly odd: string }',
  ],
  'the clock': ['Date.now();', 'performance.now();', 'new Date();', 'Math.random();'],
  'the process': [
    'process.exit(1);',
    "process['env'];",
    'globalThis.process.argv;',
    'const { env } = process;',
    "import { stdout } from 'node:process';",
  ],
  'names given by whoever imports': ['export default 1;'],
};

const allowed = [
  "throw new ParityError('internal', 'x');",
  "throw new TypeError('a condition that no database knows');",
  "export class TimedOut extends Error { readonly code = 'ETIMEDOUT'; }",
  'export const both = perParity(parity => parity);',
  'export const at = new Date(0).toISOString() + clock.now();',
  'process.on("SIGTERM", stop);',
  'if (error instanceof Error) tell(error.message);',
];

describe('the house rules', () => {
  for (const [what, lines] of Object.entries(violations)) {
    it(`keep ${what} out of every folder of the product`, async () => {
      for (const folder of [
        'domain',
        'services/storage',
        'release/gates',
        'local/pair',
        'cli',
        'infra/parts',
      ]) {
        for (const line of lines) assert.equal(await objections(`${folder}/x.ts`, line), 1, line);
      }
    });
  }

  it('object to nothing that is allowed', async () => {
    for (const line of allowed) assert.equal(await objections('local/pair/x.ts', line), 0, line);
  });

  it('leave clock and process to programs, and to what measures', async () => {
    const lines = ['Date.now();', 'process.exit(1);', "import { argv } from 'node:process';"];
    for (const file of ['services/main.ts', 'bench/load/x.ts', 'faults/x.ts']) {
      for (const line of lines) assert.equal(await objections(file, line), 0, `${file}: ${line}`);
      assert.equal(await objections(file, "throw new Error('x');"), 1, file);
    }
  });

  it('have more than three parameters become an object', async () => {
    const withFour = 'export function place(a: A, b: B, c: C, d: D) {}';
    assert.equal(await objections('domain/x.ts', withFour, 'max-params'), 1);
    assert.equal(await objections('domain/x.ts', withFour.replace(', d: D', ''), 'max-params'), 0);
  });
});
