import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, describe, it } from 'node:test';
import {
  CreateReplicationConfigurationCommand,
  DeleteFileSystemCommand,
  EFSClient,
} from '@aws-sdk/client-efs';
import type { Clock } from '../../../ports.ts';
import { openAwsWorld, type AwsWorld } from '../testing/aws-world.ts';
import { makeGlobalDatabase, makeReplicatedVault } from '../testing/make-copies.ts';
import { systemClock } from '../testing/system-ports.ts';
import { presentFailover } from './present-failover.ts';
import { failOverRegion, planRegionalFailover, type RegionalFailoverOptions } from './regional-failover.ts';

const regions = { first: 'eu-central-1', replica: 'eu-west-1' };
const globalCluster = 'acme-staging-rows';
const clock: Clock = { ...systemClock, delay: async () => {} };

describe('a regional failover', { timeout: 300_000 }, () => {
  let world: AwsWorld;
  let told: string[];
  let vaults = 0;
  const heals: (() => void)[] = [];
  before(async () => {
    world = await openAwsWorld(process.env);
    await makeGlobalDatabase(world.access, globalCluster, regions);
    await makeVault();
  });
  after(() => world.stop());
  beforeEach(() => void (told = []));
  afterEach(() => heals.splice(0).forEach(heal => heal()));

  const options = (changes: Partial<RegionalFailoverOptions> = {}): RegionalFailoverOptions => ({
    access: world.access,
    regions,
    globalCluster,
    planned: false,
    clock,
    tell: line => told.push(line),
    ...changes,
  });
  const loseFirstRegion = () =>
    heals.push(
      world.aws.inject({ kind: 'control plane down', befalls: ({ region }) => region === regions.first }),
    );
  const operationsSince = (mark: number) => world.aws.calls.slice(mark).map(({ operation }) => operation);

  const makeVault = () => makeReplicatedVault(world.access, `vault-${(vaults += 1)}`);

  it('is planned first: what would be done, and what is lost by it', async () => {
    const mark = world.aws.calls.length;
    const plan = await planRegionalFailover(options());
    const text = presentFailover(options(), plan);
    assert.match(
      text,
      /^From eu-central-1 to eu-west-1:\n  vault  end the replication of fs-\w+ on both sides: fs-\w+ becomes writable, for good$/m,
    );
    assert.match(
      text,
      /rows   failover of acme-staging-rows to arn:aws:rds:eu-west-1:\d+:cluster:rows-second$/m,
    );
    assert.match(
      text,
      /vault files written after \d{4}-\d\d-\d\dT[\d:.]+Z \(0 minutes ago\) that had not arrived$/m,
    );
    assert.match(
      text,
      /^eu-central-1 still answers\. If nothing is broken there: stop writing, then --planned/m,
    );
    for (const operation of operationsSince(mark)) assert.match(operation, /^(GET |Describe)/);
  });

  it('says so when the second region does not answer either', async () => {
    heals.push(world.aws.inject({ kind: 'control plane down', befalls: () => true }));
    await assert.rejects(planRegionalFailover(options()), {
      code: 'control_plane_down',
      message: /^AWS does not answer to look at the/,
    });
  });

  it('is made with the first region gone, and asks nothing of it but whether it is there', async () => {
    loseFirstRegion();
    const plan = await planRegionalFailover(options());
    assert.equal(plan.firstRegionAnswers, false);
    assert.match(presentFailover(options(), plan), /end the replication of fs-\w+ in eu-west-1 alone/);
    const mark = world.aws.calls.length;
    await failOverRegion(options(), plan);
    const done = operationsSince(mark);
    assert.equal(done.filter(operation => operation.startsWith('DELETE ')).length, 1);
    assert.equal(done.filter(operation => operation === 'FailoverGlobalCluster').length, 1);
    // It was waited for: the roles change at the second look.
    assert.ok(done.filter(operation => operation === 'DescribeGlobalClusters').length >= 2);
    assert.ok(world.aws.calls.slice(mark).every(({ status }) => status < 300 || status === 404));
    assert.match(told.join('\n'), /vault: fs-\w+ in eu-west-1 is writable/);
    assert.match(told.join('\n'), /rows: arn:aws:rds:eu-west-1:\S+ is written to/);
  });

  it('leaves a file system that no replication overwrites, for AWS protects it again', async () => {
    await makeVault();
    const { replica } = await planRegionalFailover(options());
    const { sourceId: SourceFileSystemId = '', replicaId: FileSystemId = '' } = replica ?? {};
    const here = new EFSClient(world.access);
    const there = new EFSClient({ ...world.access, region: regions.replica });
    await assert.rejects(there.send(new DeleteFileSystemCommand({ FileSystemId })), {
      name: 'FileSystemInUse',
    });
    await failOverRegion(options(), {
      firstRegionAnswers: true,
      replica,
      follower: undefined,
      move: 'failover',
    });
    const Destinations = [{ FileSystemId, Region: regions.replica }];
    const again = new CreateReplicationConfigurationCommand({ SourceFileSystemId, Destinations });
    await assert.rejects(here.send(again), { name: 'BadRequest', message: /overwrite protection enabled/ });
    await there.send(new DeleteFileSystemCommand({ FileSystemId }));
    for (const client of [here, there]) client.destroy();
  });

  it('does nothing again to what has been promoted', async () => {
    await makeVault();
    const plan = await planRegionalFailover(options());
    assert.equal(plan.follower, undefined);
    await failOverRegion(options(), plan);
    const again = await planRegionalFailover(options());
    assert.deepEqual([again.replica, again.follower], [undefined, undefined]);
    const mark = world.aws.calls.length;
    await failOverRegion(options(), again);
    assert.deepEqual(operationsSince(mark), []);
    assert.match(
      presentFailover(options(), again),
      /rows   acme-staging-rows is written to in eu-west-1 already/,
    );
  });

  it('switches over, when it was planned, without losing a row', async () => {
    // Back: the halves have changed roles, so the other direction is the one to plan.
    const back = options({ regions: { first: regions.replica, replica: regions.first }, planned: true });
    const plan = await planRegionalFailover(back);
    assert.match(presentFailover(back, plan), /no row: a switchover waits for them/);
    const mark = world.aws.calls.length;
    await failOverRegion(back, plan);
    assert.equal(
      operationsSince(mark).filter(operation => operation === 'SwitchoverGlobalCluster').length,
      1,
    );
  });

  it('leaves the rows to Atlas where Atlas holds them', async () => {
    const atlas = options({ globalCluster: undefined });
    const plan = await planRegionalFailover(atlas);
    assert.match(presentFailover(atlas, plan), /rows   Atlas elects a primary by itself: nothing to do here/);
  });

  it('gives up on a promotion that does not end', async () => {
    await makeVault();
    const plan = await planRegionalFailover(options());
    let passedMs = 0;
    const hurried = {
      ...clock,
      monotonic: () => passedMs,
      delay: async (ms: number) => void (passedMs += 60 * ms),
    };
    heals.push(
      world.aws.inject({
        kind: 'replica not ready',
        befalls: ({ method, query }) => method === 'GET' && query.has('FileSystemId'),
      }),
    );
    await assert.rejects(failOverRegion(options({ clock: hurried }), plan), {
      code: 'timed_out',
      message: /^After 30 minutes fs-\w+ is not writable\. The same command goes on from here\.$/,
    });
  });

  it('does not guess which of two replicas is the vault’s', async () => {
    await makeVault();
    await makeVault();
    await assert.rejects(planRegionalFailover(options()), {
      code: 'control_plane_refused',
      message: /^More than one file system of eu-central-1 is replicated to eu-west-1 \(fs-\w+ and fs-\w+\)/,
    });
  });
});
