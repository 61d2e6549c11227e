import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { lossesOf, presentPlan, summarizePlan } from './plan-summary.ts';
import { refuseLoss } from './refuse-loss.ts';

const change = (addr: string, action: string) => {
  const resource = { addr, resource_type: addr.replace(/^data\./, '').split('.')[0] };
  return { '@level': 'info', type: 'planned_change', change: { resource, action } };
};
const planOf = (...changes: ReturnType<typeof change>[]) => {
  const summary = { '@level': 'info', type: 'change_summary', changes: { add: 9, operation: 'plan' } };
  return summarizePlan('data', [...changes, summary].map(line => JSON.stringify(line)).join('\n'));
};

const mixed = planOf(
  change('aws_sns_topic.new', 'create'),
  change('aws_efs_file_system.vault', 'replace'),
  change('aws_kms_key.vault-key', 'update'),
  change('aws_iam_role.old', 'delete'),
  change('aws_docdb_cluster.rows', 'replace'),
  change('aws_vpc.same', 'noop'),
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

  it('notices that only what is told to others changes', () => {
    const outputs = (action: string) =>
      JSON.stringify({ type: 'outputs', outputs: { contract: { action } } });
    assert.equal(summarizePlan('edge', outputs('update')).tellsOthers, true);
    assert.equal(summarizePlan('edge', outputs('noop')).tellsOthers, false);
  });

  it('has nothing to tell of a plan without changes', () => {
    assert.deepEqual(summarizePlan('edge', '{"type":"version"}\n').changes, []);
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
