import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isParityError } from '../domain/errors.ts';
import { apply, bootstrap, destroy, plan, synth, type Workshop } from './engine/estate-commands.ts';
import { contractSchema } from './outputs.ts';
import { openStandInWorld, type StandInWorld } from './testing/stand-in-workshop.ts';
import { synthesized, resourcesOf } from './testing/synthesized.ts';

/** Every managed object that the states know. */
async function objectsOf(workshop: Workshop): Promise<string[]> {
  const objects: string[] = [];
  for (const { name, folder } of await synth(workshop)) {
    const listed = await workshop.terraform.must(folder, 'state', 'list');
    const managed = listed.split('\n').filter(line => line !== '' && !line.startsWith('data.'));
    objects.push(...managed.map(address => `${name}/${address}`));
  }
  return objects;
}

describe('the estate, against a stand-in for AWS', { timeout: 1_200_000 }, () => {
  let world: StandInWorld;
  let workshop: Workshop;
  before(async () => {
    world = await openStandInWorld(process.env);
    workshop = await world.workshop();
  });
  after(() => world.stop());

  it('is stood up in an empty account by two commands, every object of it', async () => {
    await bootstrap(workshop);
    const contract = await apply(workshop, { named: [] });
    assert.deepEqual(contractSchema.parse(contract), contract);
    assert.equal((await objectsOf(workshop)).length, resourcesOf(await synthesized()).length);
  });

  it('has an empty second plan', async () => {
    const plans = await plan(workshop);
    assert.equal(plans.length, (await synth(workshop)).length);
    assert.deepEqual(
      plans.flatMap(({ changes }) => changes),
      [],
    );
  });

  it('is applied again through throttling and passing errors', async () => {
    const befalls = () => Math.random() < 0.05;
    const calm = [
      world.aws.inject({ kind: 'throttling', befalls, times: 20 }),
      world.aws.inject({ kind: 'server error', befalls, times: 10 }),
    ];
    assert.equal((await plan(workshop)).flatMap(({ changes }) => changes).length, 0);
    for (const end of calm) end();
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
    const heal = world.aws.inject({
      kind: 'control plane down',
      befalls: ({ service }) => service === 'eks',
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

  it('is destroyed to the last object, also while an interface is slow to go', async () => {
    const heal = world.aws.inject({
      kind: 'dependency violation',
      befalls: ({ service, operation }) =>
        service === 'ec2' && /^Delete(Subnet|SecurityGroup)$/.test(operation),
      times: 3,
    });
    await destroy(workshop, { named: ['acme-staging'] });
    heal();
    assert.deepEqual(world.aws.left(), []);
  });
});
