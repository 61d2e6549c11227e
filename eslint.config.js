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
/** Selectors of which any one is enough. */
const anyOf = (...selectors) => selectors.join(', ');

const bareError = '/^(Error|AggregateError|EvalError|RangeError|ReferenceError|SyntaxError|URIError)$/';
const thrown = ':matches(NewExpression, CallExpression)';
const declared = ':matches(ClassDeclaration, ClassExpression)';
const world = '[object.name=/^(globalThis|global)$/]';
// A TypeError is a mistake of our own, or the cause of a ParityError (CONTRIBUTING.md).
const codedErrors = {
  selector: anyOf(
    `${thrown}[callee.name=${bareError}]`,
    `${thrown} > MemberExpression.callee${world}[property.name=${bareError}]`,
    // One with a code is ParityError itself, or plays an error of Node's.
    `${declared}[superClass.name=/Error$/]:not(:has(PropertyDefinition[key.name="code"]))`,
    `${declared}:has(> MemberExpression.superClass${world})`,
  ),
  message: 'Throw a ParityError with a code from domain/errors.ts: what happened, to what, what to do.',
};
const name = '/^(odd|even)$/';
const identityAtHome = {
  selector: anyOf(
    `Literal[value=${name}]`,
    `TemplateElement[value.cooked=${name}]`,
    `Property[computed=false][key.name=${name}]`,
    `MemberExpression[computed=false][property.name=${name}]`,
    `TSPropertySignature[key.name=${name}]`,
  ),
  message: 'Only domain/parity.ts knows the two words: use peerOf, perParity, parities, parityOfSprint.',
};
const clockThroughParameters = {
  selector: anyOf(
    'CallExpression[callee.object.name=/^(Date|performance)$/][callee.property.name="now"]',
    'NewExpression[callee.name="Date"][arguments.length=0]',
    'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
  ),
  message: 'Time and randomness come in through a parameter: Clock and Random of services/kit/ports.ts.',
};
const ofProcess = '/^(env|argv|exit|stdout|stderr)$/';
const processThroughParameters = {
  selector: anyOf(
    `MemberExpression[object.name="process"][property.name=${ofProcess}]`,
    `MemberExpression[object.name="process"][property.value=${ofProcess}]`,
    `MemberExpression[object.property.name="process"][property.name=${ofProcess}]`,
    `VariableDeclarator[init.name="process"] > ObjectPattern > Property[key.name=${ofProcess}]`,
    `ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name=${ofProcess}]`,
  ),
  message: 'Only main.ts files read the environment, print and exit.',
};

/** Programs, and the ports that bring clock and process to everybody else. */
const ports = [
  '**/main.ts',
  'services/kit/ports.ts',
  'cli/world.ts',
  'cli/stop-signals.ts',
  'local/gateway/stub-services.ts',
];

/** Sizes that keep a file in the head and a function on a screen (CONTRIBUTING.md). Types are checked by tsc. */
export default tseslint.config(
  { ignores: ['node_modules/', '.parity/', '**/*.html'] },
  {
    files: ['**/*.ts', '**/*.js'],
    extends: [tseslint.configs.recommended],
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: false, skipComments: false }],
      'max-params': ['error', 3],
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
    // What measures and what proves (bench/, checks/, faults/, tour/) lives in the real world, as tests do.
    files: ['domain', 'services', 'release', 'local', 'cli', 'infra'].map(folder => `${folder}/**/*.ts`),
    ignores: [...ports, '**/testing/**'],
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
  {
    files: ['domain/parity.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        namedExports,
        codedErrors,
        clockThroughParameters,
        processThroughParameters,
      ],
    },
  },
  // Tests name a cluster, play a foreign library that throws, and run in the real world.
  {
    files: testSupport,
    rules: { 'no-restricted-syntax': ['error', namedExports], 'max-params': ['error', 4] },
  },
  {
    // A describe callback holds a whole suite, so only the file's length is limited there.
    files: ['**/*.test.ts'],
    rules: { 'max-lines': ['error', { max: 400 }], 'max-lines-per-function': 'off' },
  },
);
