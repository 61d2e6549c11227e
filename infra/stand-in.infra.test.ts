import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parities } from '../domain/parity.ts';
import { isParityError } from '../domain/errors.ts';
import { awsPreflight } from '../release/adapters/aws/preflight/aws-preflight.ts';
import {
  apply,
  bootstrap,
  destroy,
  plan,
  readContract,
  synth,
  type Workshop,
} from './engine/estate-commands.ts';
import { inParallel } from './engine/stages.ts';
import { contractSchema } from './outputs.ts';
import { fakeUsers } from './rotation/fake-users.ts';
import { rotateSecret } from './rotation/rotate-secret.ts';
import { secretsManager } from './rotation/secrets-manager.ts';
import { openStandInWorld, type StandInWorld } from './testing/stand-in-workshop.ts';
import { synthesized, resourcesOf } from './testing/synthesized.ts';
import { taggedObjects } from './testing/tagged-objects.ts';

/** Every managed object that the states know. */
async function objectsOf(workshop: Workshop): Promise<string[]> {
  const objects: string[] = [];
  await inParallel(await synth(workshop), workshop.width, async ({ name, folder }) => {
    const listed = await workshop.terraform.must(folder, 'state', 'list');
    const managed = listed.split('\n').filter(line => line !== '' && !line.startsWith('data.'));
    objects.push(...managed.map(address => `${name}/${address}`));
  });
  return objects;
}

/** Every so many calls, counted over all but those to S3, where the states lie: Terraform's own client is not on trial. */
function oneIn(many: number): (call: { readonly service: string }) => boolean {
  let calls = 0;
  return ({ service }) => {
    if (service === 's3') return false;
    calls += 1;
    return calls % many === 0;
  };
}

/** A machine that Karpenter would have started. */
async function runNode(url: string, cluster: string): Promise<{ end(): Promise<void> }> {
  const ec2 = async (fields: Record<string, string>) => {
    const scope = 'Credential=stand-in/20261127/eu-central-1/ec2/aws4_request';
    const headers = { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none` };
    const body = new URLSearchParams({ Version: '2016-11-15', ...fields });
    const answer = await fetch(url, { method: 'POST', headers, body });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return text;
  };
  const started = await ec2({
    Action: 'RunInstances',
    ImageId: 'ami-12c6146b',
    MinCount: '1',
    MaxCount: '1',
    'TagSpecification.1.ResourceType': 'instance',
    'TagSpecification.1.Tag.1.Key': `kubernetes.io/cluster/${cluster}`,
    'TagSpecification.1.Tag.1.Value': 'owned',
    'TagSpecification.1.Tag.2.Key': 'karpenter.sh/nodepool',
    'TagSpecification.1.Tag.2.Value': 'general',
  });
  const id = /<instanceId>(i-[0-9a-f]+)</.exec(started)?.[1] ?? '';
  return { end: async () => void (await ec2({ Action: 'TerminateInstances', 'InstanceId.1': id })) };
}

describe('the estate, against a stand-in for AWS', { timeout: 2_400_000 }, () => {
  let world: StandInWorld;
  let workshop: Workshop;
  before(async () => {
    world = await openStandInWorld(process.env);
    workshop = await world.workshop();
  });
  after(() => world.stop());

  it('is stood up in an empty account by two commands, every object of it, through what AWS does to clients', async () => {
    const calm = [
      world.aws.inject({ kind: 'throttling', befalls: oneIn(25), times: 40 }),
      world.aws.inject({ kind: 'server error', befalls: oneIn(60), times: 20 }),
      ...['DescribeVpcs', 'DescribeSubnets', 'GetRole'].map(name =>
        world.aws.inject({
          kind: 'eventual consistency',
          befalls: ({ operation }) => operation === name,
          times: 2,
        }),
      ),
    ];
    await bootstrap(workshop);
    await plan(workshop);
    assert.ok(world.told.some(line => line === 'data: can be planned when network has been applied'));
    const contract = await apply(workshop, { named: [] });
    for (const end of calm) end();
    assert.deepEqual(contractSchema.parse(contract), contract);
    assert.equal((await objectsOf(workshop)).length, resourcesOf(await synthesized()).length);
    const seen = new Set(world.aws.calls.map(({ status }) => status));
    for (const status of [404, 429, 503]) assert.ok(seen.has(status), `no call was answered ${status}`);
  });

  it('is all that preflight asks for, but Kong, which nobody has installed yet', async () => {
    const contract = await readContract(workshop, await synth(workshop));
    const credentials = { accessKeyId: 'stand-in', secretAccessKey: 'stand-in' };
    const access = { endpoint: world.aws.url, credentials };
    const checks = await awsPreflight({ contract, access, clock: { now: () => Date.now() } });
    const faults = checks.flatMap(check => (check.ok ? [] : [`${check.name}: ${check.why}`]));
    const nobody =
      "nobody behind its balancer is healthy (it has no targets): look at Kong's pods and their readiness";
    assert.deepEqual(faults, [`front door of odd: ${nobody}`, `front door of even: ${nobody}`]);
    assert.equal(checks.length, 13);
  });

  it('begins with passwords that are good for nothing once the rotation that it asks for is made', async () => {
    const credentials = { accessKeyId: 'stand-in', secretAccessKey: 'stand-in' };
    const client = new SecretsManagerClient({ endpoint: world.aws.url, credentials, region: 'eu-central-1' });
    const secrets = secretsManager(client);
    const servers = [
      ...parities.map(
        parity =>
          [
            'broker',
            `acme-staging-${parity}/administrator-of-broker`,
            `acme-staging-${parity}/broker`,
          ] as const,
      ),
      ['database', 'acme-staging-administrator-of-database', 'acme-staging-database'] as const,
    ];
    for (const [kind, administratorSecret, servicesSecret] of servers) {
      const first = await secrets.read(administratorSecret, 'AWSCURRENT');
      assert.ok(first !== undefined);
      const users = fakeUsers(first);
      const server = { kind, administratorSecret, servicesSecret, secrets, users, newPassword: randomUUID };
      for (const SecretId of [administratorSecret, servicesSecret]) {
        const begun = [...(await secrets.stages(SecretId))].find(([, stages]) =>
          stages.includes('AWSPENDING'),
        );
        const ClientRequestToken = begun?.[0] ?? '';
        for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'])
          await rotateSecret({ Step, SecretId, ClientRequestToken }, server);
      }
      assert.equal(await users.roleOf(first), undefined);
      const services = await secrets.read(servicesSecret, 'AWSCURRENT');
      assert.equal(services && (await users.roleOf(services)), 'service');
    }
    client.destroy();
  });

  it('has an empty second plan, whatever has been rotated', async () => {
    const plans = await plan(workshop);
    assert.equal(plans.length, (await synth(workshop)).length);
    assert.deepEqual(
      plans.flatMap(({ changes }) => changes),
      [],
    );
  });

  it('upgrades one cluster and touches that cluster alone, in place', async () => {
    const clusters = { odd: { kubernetes: '1.35' }, even: { kubernetes: '1.36' } } as const;
    const upgraded = await world.workshop({ clusters });
    const changes = (await plan(upgraded)).flatMap(each => each.changes);
    assert.deepEqual(changes.map(({ address, change }) => `${change} ${address}`).sort(), [
      'changed cluster-even/aws_eks_cluster.cluster',
      'changed cluster-even/aws_eks_node_group.system-nodes',
    ]);
  });

  it('refuses to replace what holds papers, and names it', async () => {
    const { network } = workshop.configuration;
    const moved = await world.workshop({ network: { ...network, cidr: '10.99.0.0/16' } });
    const before = (await objectsOf(workshop)).length;
    await assert.rejects(apply(moved, { named: [] }), (error: unknown) => {
      assert.ok(isParityError(error, 'would_lose'));
      assert.match(error.message, /network\/aws_vpc\.vpc would be replaced/);
      assert.match(error.message, /--lose <address>/);
      return true;
    });
    assert.equal((await objectsOf(workshop)).length, before);
  });

  it('says so when the control plane is down, and does nothing', async () => {
    // States are read all the same: S3's data plane is another matter.
    const heal = world.aws.inject({
      kind: 'control plane down',
      befalls: ({ service }) => service !== 's3' && service !== 'sts',
    });
    await assert.rejects(plan(workshop), (error: unknown) => {
      assert.ok(isParityError(error, 'engine_failed'));
      assert.match(error.message, /The control plane is down/);
      return true;
    });
    heal();
  });

  it('is not destroyed unless it is named', async () => {
    await assert.rejects(destroy(workshop, { named: ['acme'] }), (error: unknown) => {
      assert.ok(isParityError(error, 'would_lose'));
      assert.match(error.message, /Nothing is destroyed: .* --lose acme-staging\./);
      return true;
    });
  });

  it('is not destroyed while nodes run that Terraform does not know', async () => {
    const [parity] = parities;
    const node = await runNode(world.aws.url, `acme-staging-${parity}`);
    const mark = world.aws.calls.length;
    await assert.rejects(destroy(workshop, { named: ['acme-staging'] }), (error: unknown) => {
      assert.ok(isParityError(error, 'engine_failed'));
      assert.match(
        error.message,
        /Karpenter's nodes of acme-staging-\w+ are still there; delete its node pools/,
      );
      return true;
    });
    // Nothing was touched; what lies in S3 are the states, and their locks.
    const touched = world.aws.calls
      .slice(mark)
      .filter(
        ({ service, operation }) =>
          service !== 's3' && /^(Create|Delete|Modify|Put|Update|PUT|DELETE)/.test(operation),
      );
    assert.deepEqual(touched, []);
    await node.end();
  });

  it('is destroyed to the last object, also while an interface is slow to go', async () => {
    const estate = 'acme-staging';
    const tagged = async () => {
      const regions = ['eu-central-1', 'eu-west-1'];
      return (
        await Promise.all(regions.map(region => taggedObjects(world.motoUrl, { region, estate })))
      ).flat();
    };
    // Those of two dozen kinds that moto lists by tag; all others are asked for by the states.
    assert.ok((await tagged()).length > 50, `${(await tagged()).length} tagged objects`);
    const heal = world.aws.inject({
      kind: 'dependency violation',
      befalls: ({ service, operation }) =>
        service === 'ec2' && /^Delete(Subnet|SecurityGroup)$/.test(operation),
      times: 3,
    });
    await destroy(workshop, { named: ['acme-staging'] });
    heal();
    assert.deepEqual(world.aws.left(), []);
    assert.deepEqual(await tagged(), []);
  });
});
