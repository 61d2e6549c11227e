import tseslint from 'typescript-eslint';

/** What only tests need, whether it is a test or what tests share. */
const testSupport = [
  '**/*.test.ts',
  '**/*.contract.ts',
  '**/*-world.ts',
  '**/test-*.ts',
  '**/fake-*.ts',
  '**/faulty-*.ts',
];

const namedExports = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only: a thing has one name wherever it is used.',
};
const codedErrors = {
  selector: ':matches(NewExpression, CallExpression)[callee.name="Error"]',
  message: 'Throw a ParityError with a code from domain/errors.ts: what happened, to what, what to do.',
};
const identityAtHome = {
  selector: 'Literal[value=/^(odd|even)$/]',
  message: 'Only domain/parity.ts knows the two words: use peerOf, perParity, parities, parityOfSprint.',
};
const clockThroughParameters = {
  selector: [
    'CallExpression[callee.object.name=/^(Date|performance)$/][callee.property.name="now"]',
    'NewExpression[callee.name="Date"][arguments.length=0]',
    'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
  ].join(', '),
  message: 'Time and randomness come in through a parameter: Clock and Random of services/kit/ports.ts.',
};
const processThroughParameters = {
  selector: 'MemberExpression[object.name="process"][property.name=/^(env|argv|exit|stdout|stderr)$/]',
  message: 'Only main.ts files read the environment, print and exit.',
};

/** Sizes that keep a file in the head and a function on a screen (CONTRIBUTING.md). Types are checked by tsc. */
export default tseslint.config(
  { ignores: ['node_modules/', '.parity/', '**/*.html'] },
  {
    files: ['**/*.ts', '**/*.js'],
    extends: [tseslint.configs.recommended],
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: false, skipComments: false }],
      'max-params': ['error', 4],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['describe', 'it', 'test', 'before', 'after', 'beforeEach', 'afterEach', 'suite'],
            },
          ],
        },
      ],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      'no-restricted-syntax': ['error', namedExports, codedErrors, identityAtHome],
    },
  },
  {
    files: ['domain/**/*.ts', 'services/**/*.ts'],
    ignores: ['services/kit/ports.ts', 'services/main.ts', 'services/contract/main.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        namedExports,
        codedErrors,
        identityAtHome,
        clockThroughParameters,
        processThroughParameters,
      ],
    },
  },
  { files: ['domain/parity.ts'], rules: { 'no-restricted-syntax': ['error', namedExports, codedErrors] } },
  // Tests name a cluster, play a foreign library that throws, and run in the real world.
  { files: testSupport, rules: { 'no-restricted-syntax': ['error', namedExports] } },
  {
    // A describe callback holds a whole suite, so only the file's length is limited there.
    files: ['**/*.test.ts'],
    rules: { 'max-lines': ['error', { max: 400 }], 'max-lines-per-function': 'off' },
  },
);
