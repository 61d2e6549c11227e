import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { parities } from '../../domain/parity.ts';
import { resourcesOf, synthesized, type Resource, type SynthesizedStack } from '../testing/synthesized.ts';

describe('clusterStack', () => {
  let stacks: ReadonlyMap<string, SynthesizedStack>;
  before(async () => {
    stacks = await synthesized();
  });
  const ofBoth = (type: string): Resource[] => {
    const found = resourcesOf(stacks, type);
    assert.deepEqual(
      [...new Set(found.map(({ stack }) => stack))].sort(),
      parities.map(parity => `cluster-${parity}`).sort(),
    );
    return found;
  };
  const needs = ({ block }: Resource) => block['depends_on'] as readonly string[] | undefined;

  it('lets the runner in by the role that is there, for EKS keeps a role by an id that its name does not tell', () => {
    const runners = ofBoth('aws_eks_access_entry').filter(({ name }) => name === 'access-runner');
    assert.equal(runners.length, parities.length);
    for (const { block } of runners)
      assert.match(String(block['principal_arn']), /terraform_remote_state\..*delivery.*runner-role/);
  });

  it('starts what is to have an identity only when it has one: pods get theirs when they are made', () => {
    const late = ofBoth('aws_eks_addon').filter(({ name }) => name === 'add-on-aws-efs-csi-driver');
    assert.equal(late.length, parities.length);
    for (const each of late) {
      for (const half of ['controller', 'node'])
        assert.ok(needs(each)?.includes(`aws_eks_pod_identity_association.pods-efs-csi-${half}`), half);
      assert.ok(needs(each)?.includes('aws_eks_node_group.system-nodes'));
    }
  });

  it('gives the keeper the record, and nothing else', () => {
    const keepers = ofBoth('aws_eks_pod_identity_association').filter(({ name }) => name === 'pods-keeper');
    assert.equal(keepers.length, parities.length);
    for (const { block } of keepers)
      assert.match(String(block['role_arn']), /terraform_remote_state\..*delivery.*keeper-role/);
    const [policy] = resourcesOf(stacks, 'aws_iam_role_policy').filter(
      ({ name }) => name === 'keeper-role-policy',
    );
    const { Statement } = JSON.parse(String(policy?.block['policy'])) as {
      Statement: { Action: string[] }[];
    };
    assert.deepEqual(Statement.flatMap(({ Action }) => Action).sort(), [
      'kms:Decrypt',
      'kms:GenerateDataKey',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
  });
});
