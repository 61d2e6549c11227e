import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DeleteMountTargetCommand, DescribeMountTargetsCommand, EFSClient } from '@aws-sdk/client-efs';
import type { Contract } from '../../../../infra/outputs.ts';
import type { Check } from '../../../ports.ts';
import { clientConfig } from '../aws-access.ts';
import { openAwsWorld, type AwsWorld } from '../testing/aws-world.ts';
import { makeGround } from '../testing/make-ground.ts';
import { systemClock } from '../testing/system-ports.ts';
import { awsPreflight } from './aws-preflight.ts';

describe('awsPreflight', { timeout: 300_000 }, () => {
  let world: AwsWorld;
  let contract: Contract;
  before(async () => {
    // Certificates are issued at once.
    world = await openAwsWorld({ ...process.env, MOTO_ACM_VALIDATION_WAIT: '-1' });
    contract = await makeGround(world.access, 'odd');
  });
  after(() => world.stop());

  const preflight = (clock = systemClock) => awsPreflight({ contract, access: world.access, clock });
  const faults = (checks: readonly Check[]) =>
    checks.flatMap(check => (check.ok ? [] : [`${check.name}: ${check.why}`]));

  it('looks at everything that a release stands on', async () => {
    const checks = await preflight();
    assert.deepEqual(faults(checks), []);
    assert.deepEqual(
      checks.map(({ name }) => name),
      [
        'file system spool',
        'mount targets of the spool',
        'file system vault',
        'mount targets of the vault',
        'replica of the vault',
        'backups of the vault',
        'broker of odd',
        'broker of even',
        'front door of odd',
        'front door of even',
        'health check of odd',
        'health check of even',
        'certificate',
      ],
    );
  });

  it('changes nothing', async () => {
    const before = world.aws.calls.length;
    await preflight();
    const asked = world.aws.calls.slice(before).map(({ operation }) => operation);
    assert.equal(asked.length, 13);
    for (const operation of asked) assert.match(operation, /^(GET |Describe)/);
  });

  it('says what is old: a replica, a backup, a certificate', async () => {
    const inAYear = { ...systemClock, now: () => systemClock.now() + 364 * 24 * 60 * 60_000 };
    const [replica, backup, certificate, ...others] = faults(await preflight(inAYear));
    assert.match(
      replica ?? '',
      /^replica of the vault: the last copy that reached eu-west-1 was made \d+ hours ago/,
    );
    assert.match(backup ?? '', /^backups of the vault: /);
    assert.match(certificate ?? '', /^certificate: it ends on \d{4}-\d\d-\d\d and ACM has not renewed it/);
    assert.deepEqual(others, []);
  });

  it('tells a dead control plane apart from what it watches, check by check', async () => {
    const heal = world.aws.inject({ kind: 'control plane down', befalls: ({ service }) => service === 'mq' });
    const found = faults(await preflight());
    heal();
    assert.equal(found.length, 2);
    assert.match(
      found[0] ?? '',
      /^broker of odd: AWS does not answer to look at the broker of odd \(.*\)\. Traffic does not need it; try again later\.$/,
    );
  });

  it('says that a vault is not replicated', async () => {
    const unreplicated = { ...contract, data: { ...contract.data, vault: contract.data.spool } };
    const checks = await awsPreflight({ contract: unreplicated, access: world.access, clock: systemClock });
    assert.deepEqual(faults(checks), [
      'replica of the vault: it is not replicated: ./parity infra apply makes the replica',
    ]);
  });

  it('names the zone that lost its mount target', async () => {
    const client = new EFSClient(clientConfig(world.access));
    const FileSystemId = contract.data.vault.id;
    const { MountTargets: [first] = [] } = await client.send(
      new DescribeMountTargetsCommand({ FileSystemId }),
    );
    await client.send(new DeleteMountTargetCommand({ MountTargetId: first?.MountTargetId }));
    assert.deepEqual(faults(await preflight()), [
      `mount targets of the vault: no mount target is available in ${first?.AvailabilityZoneName}, which both clusters use: ./parity infra apply makes it`,
    ]);
  });
});
