import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { lossesOf, presentPlan, summarizePlan } from './plan-summary.ts';
import { refuseLoss } from './refuse-loss.ts';

const change = (address: string, ...actions: string[]) => ({
  address,
  type: address.split('.')[0],
  mode: address.startsWith('data.') ? 'data' : 'managed',
  change: { actions },
});
const planOf = (...changes: ReturnType<typeof change>[]) =>
  summarizePlan('data', JSON.stringify({ format_version: '1.2', resource_changes: changes }));

const mixed = planOf(
  change('aws_sns_topic.new', 'create'),
  change('aws_efs_file_system.vault', 'delete', 'create'),
  change('aws_kms_key.vault-key', 'update'),
  change('aws_iam_role.old', 'delete'),
  change('aws_docdb_cluster.rows', 'create', 'delete'),
  change('aws_vpc.same', 'no-op'),
  change('data.aws_caller_identity.me', 'read'),
);

describe('summarizePlan', () => {
  it('tells what is created, changed, replaced and destroyed, and leaves out what stays', () => {
    assert.deepEqual(
      mixed.changes.map(({ address, change, stateful }) => [address, change, stateful]),
      [
        ['data/aws_sns_topic.new', 'created', false],
        ['data/aws_efs_file_system.vault', 'replaced', true],
        ['data/aws_kms_key.vault-key', 'changed', true],
        ['data/aws_iam_role.old', 'destroyed', false],
        ['data/aws_docdb_cluster.rows', 'replaced', true],
      ],
    );
  });

  it('has nothing to tell of a plan without changes', () => {
    assert.deepEqual(summarizePlan('edge', '{"format_version":"1.2"}').changes, []);
  });
});

describe('presentPlan', () => {
  it('counts for a human and names everything that goes, the stateful marked', () => {
    assert.equal(
      presentPlan(mixed),
      [
        'data: 1 created, 1 changed, 2 replaced, 1 destroyed',
        '  REPLACED data/aws_efs_file_system.vault  (stateful)',
        '  CHANGED data/aws_kms_key.vault-key  (stateful)',
        '  DESTROYED data/aws_iam_role.old',
        '  REPLACED data/aws_docdb_cluster.rows  (stateful)',
      ].join('\n'),
    );
    assert.equal(presentPlan(planOf()), 'data: nothing to do');
  });
});

describe('refuseLoss', () => {
  it('names what would be lost and how to mean it', () => {
    assert.throws(
      () => refuseLoss(mixed, { named: ['data/aws_docdb_cluster.rows'], estate: 'acme-staging' }),
      (error: unknown) =>
        isParityError(error, 'would_lose') &&
        error.message ===
          [
            'data is not applied, for it would lose what cannot be made again:',
            '  data/aws_efs_file_system.vault would be replaced',
            'If that is meant, name each one: --lose <address>.',
          ].join('\n'),
    );
  });

  it('lets a plan pass whose losses are all named, one by one or by the estate', () => {
    const each = lossesOf(mixed).map(({ address }) => address);
    assert.equal(each.length, 2);
    refuseLoss(mixed, { named: each, estate: 'acme-staging' });
    refuseLoss(mixed, { named: ['acme-staging'], estate: 'acme-staging' });
  });

  it('does not mind what can be made again', () => {
    refuseLoss(planOf(change('aws_iam_role.old', 'delete')), { named: [], estate: 'acme-staging' });
  });
});
