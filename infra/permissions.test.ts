import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { catalogue, serviceNames } from '../domain/catalogue.ts';
import { dependencyNames, type Dependency } from '../domain/dependencies.ts';
import { resourcesOf, synthesized, type SynthesizedStack } from './testing/synthesized.ts';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** Reading that IAM does not divide by resource. */
const undivided =
  /^(ec2:Describe|ecr:GetAuthorizationToken$|elasticloadbalancing:Describe|pricing:GetProducts$|acm:Describe|backup:List|elasticfilesystem:Describe|iam:ListInstanceProfiles$|mq:Describe)/;

/** IAM's word for the service of each client that the adapters use. */
const prefixes: Readonly<Record<string, string>> = {
  acm: 'acm',
  backup: 'backup',
  efs: 'elasticfilesystem',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  mq: 'mq',
  'route-53': 'route53',
  s3: 's3',
};

/** Every call in release/adapters/aws as an action of IAM, read from what its files import. */
async function callsOfTheReleaseEngine(): Promise<string[]> {
  const folder = join(import.meta.dirname, '..', 'release', 'adapters', 'aws');
  const actions = new Set<string>();
  for await (const file of glob('**/*.ts', { cwd: folder, exclude: ['testing/**', 'failover/**'] })) {
    if (file.endsWith('.test.ts')) continue;
    const text = await readFile(join(folder, file), 'utf8');
    for (const [, names = '', client = ''] of text.matchAll(
      /import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g,
    )) {
      for (const [, call] of names.matchAll(/(\w+)Command\b/g)) actions.add(`${prefixes[client]}:${call}`);
    }
  }
  return [...actions].sort();
}

describe('what roles may do', () => {
  const policies = new Map<string, readonly Statement[]>();
  let stacks: ReadonlyMap<string, SynthesizedStack>;
  before(async () => {
    stacks = await synthesized();
    for (const { stack, name, block } of resourcesOf(stacks, 'aws_iam_role_policy')) {
      policies.set(
        `${stack}/${name}`,
        (JSON.parse(String(block['policy'])) as { Statement: Statement[] }).Statement,
      );
    }
  });
  const all = () => [...policies].flatMap(([role, list]) => list.map(statement => ({ role, ...statement })));

  it('is said action by action: no wildcard in any', () => {
    for (const { role, Action } of all()) {
      for (const action of Action) assert.match(action, /^[a-z0-9-]+:[A-Za-z]+$/, role);
    }
  });

  it('names its objects, but for reading that IAM does not divide', () => {
    for (const { role, Sid, Effect, Action, Resource } of all()) {
      if (Resource !== '*' || Effect === 'Deny') continue;
      for (const action of Action) assert.match(action, undivided, `${role} ${Sid}`);
    }
  });

  it('passes one role on, to one service', () => {
    const passing = all().filter(({ Action }) => Action.includes('iam:PassRole'));
    assert.equal(passing.length, 2);
    for (const { role, Resource, Condition } of passing) {
      assert.match(role, /^cluster-\w+\/karpenter-role-policy$/);
      assert.equal(Resource, '${aws_iam_role.node-role.arn}');
      assert.deepEqual(Condition, { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } });
    }
  });

  it('trusts a service for the sake of this account alone, and pods with the tags that say which they are', () => {
    const trusts = resourcesOf(stacks, 'aws_iam_role').map(({ block }) => {
      const { Statement } = JSON.parse(String(block['assume_role_policy'])) as {
        Statement: (Statement & { Principal: { Service?: string } })[];
      };
      assert.equal(Statement.length, 1);
      return Statement[0];
    });
    for (const trust of trusts) {
      const service = trust?.Principal.Service;
      // Machines cannot say for whom they ask; the pipeline is a stranger, and has conditions of its own.
      if (service === undefined || service === 'ec2.amazonaws.com') continue;
      const ofPods = service === 'pods.eks.amazonaws.com';
      assert.deepEqual(trust?.Action, ['sts:AssumeRole', ...(ofPods ? ['sts:TagSession'] : [])], service);
      assert.deepEqual(trust?.Condition, { StringEquals: { 'aws:SourceAccount': '123456789012' } }, service);
    }
  });

  it("takes AWS' own policies where a service of AWS works for us, and nowhere else", () => {
    const taken = new Map<string, string[]>();
    for (const { name, block } of resourcesOf(stacks, 'aws_iam_role_policy_attachment')) {
      const role = name.replace(/-role-.*$/, '');
      const policy = String(block['policy_arn']).replace('arn:aws:iam::aws:policy/', '');
      taken.set(role, [...new Set([...(taken.get(role) ?? []), policy])].sort());
    }
    assert.deepEqual(Object.fromEntries(taken), {
      backup: [
        'service-role/AWSBackupServiceRolePolicyForBackup',
        'service-role/AWSBackupServiceRolePolicyForRestores',
      ],
      'control-plane': ['AmazonEKSClusterPolicy'],
      node: ['AmazonEC2ContainerRegistryPullOnly', 'AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy'],
    });
  });

  it('lets the pipeline push images and start the runner, and nothing else', () => {
    const statements = policies.get('delivery/pipeline-role-policy') ?? [];
    assert.deepEqual(
      statements.map(({ Sid }) => Sid),
      ['SignInToTheRegistry', 'PushImages', 'StartTheRunner'],
    );
    const services = statements.flatMap(({ Action }) => Action.map(action => action.split(':')[0]));
    assert.deepEqual([...new Set(services)].sort(), ['codebuild', 'ecr']);
  });

  it('lets the runner do every call of the release engine, but for the regional failover, which people start', async () => {
    const may = new Set(policies.get('delivery/runner-role-policy')?.flatMap(({ Action }) => Action));
    const asked = await callsOfTheReleaseEngine();
    assert.ok(asked.length >= 10, asked.join(', '));
    assert.deepEqual(
      asked.filter(action => !may.has(action)),
      [],
    );
  });

  it('lets the runner move weights of our two weighted names only', () => {
    const move = policies.get('delivery/runner-role-policy')?.find(({ Sid }) => Sid === 'MoveWeights');
    assert.deepEqual(move?.Condition, {
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': [
          'api-eu-central-1.staging.papers.example.com',
          'beta.staging.papers.example.com',
        ],
        'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
        'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
      },
    });
  });

  /** How a role's policy names what a dependency needs; a file system lets in by its access points instead. */
  const named: Readonly<Record<Dependency, readonly RegExp[]>> = {
    spool: [],
    vault: [/aws_kms_key\.documents-key\.arn/],
    broker: [/secret:acme-staging-odd\/broker-/, /secret:acme-staging-even\/broker-/],
    database: [/aws_secretsmanager_secret\.services\.arn/],
    links: [/aws_secretsmanager_secret\.links\.arn/],
    push: [/aws_secretsmanager_secret\.push\.arn/],
    keeper: [],
  };

  for (const service of serviceNames) {
    const uses: readonly Dependency[] = catalogue[service].uses;

    it(`lets ${service} open what the catalogue says it uses, and nothing else`, () => {
      const text = JSON.stringify(policies.get(`data/${service}-role-policy`));
      for (const dependency of dependencyNames) {
        for (const name of named[dependency])
          assert.equal(name.test(text), uses.includes(dependency), `${dependency}: ${text}`);
      }
      assert.doesNotMatch(text, /elasticache/, 'nothing uses the cache yet');
    });

    it(`lets ${service} mount what the catalogue says it uses, and nothing else`, () => {
      const points = resourcesOf(stacks, 'aws_efs_access_point').map(({ name }) => name);
      for (const name of ['spool', 'vault'] as const)
        assert.equal(points.includes(`${name}-of-${service}`), uses.includes(name), name);
    });
  }
});
