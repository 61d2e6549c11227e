import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { resourcesOf, synthesized, type Resource, type SynthesizedStack } from '../testing/synthesized.ts';

const vault = '${aws_efs_file_system.vault.arn}';
const rows = '${aws_docdb_cluster.rows-first.arn}';

// Mocked file systems share one ARN, so the laws cannot tell the vault from the spool.
describe('backups', () => {
  let stacks: ReadonlyMap<string, SynthesizedStack>;
  before(async () => {
    stacks = await synthesized();
  });
  const blocks = (type: string): Resource['block'][] => resourcesOf(stacks, type).map(({ block }) => block);

  it('take the vault and the rows, and not the spool', () => {
    assert.deepEqual(
      blocks('aws_backup_selection').map(({ resources }) => resources),
      [[vault, rows]],
    );
  });

  it('are copied every day into the locked vault of the second region', () => {
    const [plan] = blocks('aws_backup_plan');
    const copies = (
      plan?.['rule'] as { rule_name: string; copy_action?: { destination_vault_arn: string }[] }[]
    )
      .filter(({ copy_action }) => copy_action !== undefined)
      .map(({ rule_name, copy_action }) => [rule_name, copy_action?.[0]?.destination_vault_arn]);
    assert.deepEqual(copies, [['daily', '${aws_backup_vault.backups-replica.arn}']]);
    const locked = resourcesOf(stacks, 'aws_backup_vault_lock_configuration').map(({ block }) => [
      block['backup_vault_name'],
      block['provider'],
    ]);
    assert.deepEqual(locked, [
      ['${aws_backup_vault.backups.name}', undefined],
      ['${aws_backup_vault.backups-replica.name}', 'aws.replica'],
    ]);
  });

  it('are restored for trial, the vault and the rows, out of the vault that they lie in', () => {
    const [plan] = blocks('aws_backup_restore_testing_plan');
    const [from] = plan?.['recovery_point_selection'] as { include_vaults: string[] }[];
    assert.deepEqual(from?.include_vaults, ['${aws_backup_vault.backups.arn}']);
    const tried = blocks('aws_backup_restore_testing_selection').map(block => [
      block['protected_resource_type'],
      block['protected_resource_arns'],
    ]);
    assert.deepEqual(tried, [
      ['DocumentDB', [rows]],
      ['EFS', [vault]],
    ]);
  });
});
