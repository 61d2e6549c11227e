/**
 * Who may import whom (CONTRIBUTING.md): everything may import domain; services know only the kit; nobody
 * imports the CLI. An SDK is imported only by the adapter that hides it.
 */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  // A test may bring the other side of a port with it, such as the FCM stand-in.
  from: { path: from, pathNot: '\\.test\\.ts$' },
  to: { pathNot: [...allowed, '^node_modules/', '^node:'], dependencyTypesNot: ['core'] },
});

const service = name =>
  only(`${name}-imports-kit-and-domain`, `^services/${name}/`, [
    `^services/${name}/`,
    '^services/kit/',
    '^domain/',
  ]);

const behind = (sdk, adapters) => ({
  name: `${sdk}-behind-its-adapter`,
  severity: 'error',
  from: { pathNot: [...adapters, '\\.test\\.ts$'] },
  to: { path: `^node_modules/${sdk}/` },
});

/** Names that say nothing, and files that are not in kebab-case (CONTRIBUTING.md). */
const unnamed = {
  pathNot: '^node_modules/|^node:',
  path: '(^|/)(utils?|helpers?|common|shared|misc|managers?|data|info)(/|\\.[cm]?[jt]s$)|^[^:]+/.*[A-Z_]',
};

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    only('domain-imports-nothing-of-ours', '^domain/', ['^domain/']),
    only('kit-imports-domain', '^services/kit/', ['^services/kit/', '^domain/']),
    only('release-imports-domain', '^release/(?!adapters/)', ['^release/', '^domain/']),
    only('adapters-know-the-contract', '^release/adapters/', [
      '^release/',
      '^domain/',
      '^infra/outputs\\.ts$',
      // What tests of the AWS adapters share plays AWS with it.
      '^infra/testing/',
    ]),
    service('processor'),
    service('storage'),
    service('notification'),
    {
      // What is wrong on purpose stays out of the honest code: one door, where a process chooses its makers.
      name: 'demonstrations-apart',
      severity: 'error',
      from: { pathNot: ['^services/(demonstration/|start-services\\.ts$)', '\\.test\\.ts$'] },
      to: { path: '^services/demonstration/' },
    },
    {
      name: 'nobody-imports-the-cli',
      severity: 'error',
      from: { pathNot: '^cli/' },
      to: { path: '^cli/' },
    },
    { name: 'names-say-what-is-in-them', severity: 'error', from: unnamed, to: {} },
    { name: 'names-say-what-is-in-them', severity: 'error', from: {}, to: unnamed },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      from: {},
      to: { path: '\\.test\\.ts$' },
    },
    {
      // Both stand on everything but the CLI; a bench takes the harness that starts pairs, never a test's expectations.
      name: 'bench-and-faults-apart',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: '^faults/', pathNot: '^faults/(running-pair|machine-line|open-load|fleet/[a-z-]+)\\.ts$' },
    },
    {
      name: 'nobody-imports-the-bench',
      severity: 'error',
      from: { pathNot: '^bench/' },
      to: { path: '^bench/' },
    },
    behind('@tus', ['^bench/servers/']),
    behind('amqplib', ['^services/kit/broker/']),
    behind('mongodb', ['^services/kit/database/', '^infra/rotation/database/']),
    behind('koa', ['^services/kit/http/']),
    behind('@koa', ['^services/kit/http/']),
    behind('prom-client', ['^services/kit/metrics\\.ts$']),
    behind('pino', ['^services/kit/logger\\.ts$']),
    behind('@aws-crypto', ['^services/storage/vault/']),
    behind('@aws-sdk', [
      '^release/adapters/aws/',
      '^infra/rotation/',
      '^services/storage/vault/kms-key\\.ts$',
    ]),
    behind('commander', ['^cli/']),
    // The one door to cdktf's core; resources come from the provider's own modules, inside infra/.
    behind('(cdktf|cdktn|constructs)', ['^infra/terraform\\.ts$']),
    behind('@cdktf', ['^infra/']),
    only('infra-imports-domain', '^infra/', ['^infra/', '^domain/']),
    {
      name: 'readers-of-infra-know-its-contract-alone',
      severity: 'error',
      from: {
        pathNot: [
          '^infra/',
          '^cli/(run-infra|read-configuration)',
          '^release/adapters/aws/testing/',
          '\\.test\\.ts$',
        ],
      },
      to: { path: '^infra/', pathNot: '^infra/outputs\\.ts$' },
    },
    {
      name: 'the-contract-knows-no-cdktf',
      severity: 'error',
      from: { path: '^infra/outputs\\.ts$' },
      to: { path: '^(node_modules/(@?cdktf|cdktn|constructs)/|infra/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
