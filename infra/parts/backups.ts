import { BackupPlan } from '@cdktf/provider-aws/lib/backup-plan/index.js';
import { BackupRegionSettings } from '@cdktf/provider-aws/lib/backup-region-settings/index.js';
import { BackupRestoreTestingPlan } from '@cdktf/provider-aws/lib/backup-restore-testing-plan/index.js';
import { BackupRestoreTestingSelection } from '@cdktf/provider-aws/lib/backup-restore-testing-selection/index.js';
import { BackupSelection } from '@cdktf/provider-aws/lib/backup-selection/index.js';
import { BackupVaultLockConfiguration } from '@cdktf/provider-aws/lib/backup-vault-lock-configuration/index.js';
import { BackupVault } from '@cdktf/provider-aws/lib/backup-vault/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformProvider, TerraformStack } from '../terraform.ts';
import { encryptionKey } from './encryption-key.ts';
import { trustService } from './policy-document.ts';
import { role, type Role } from './role.ts';

/** How long a recovery point stays: the hourly ones for three days, the daily ones for thirty. */
export const keepHourlyDays = 3;
export const keepDailyDays = 30;

/** What is backed up: the vault and the rows, never the spool. */
export interface BackedUp {
  readonly arn: string;
  /** AWS Backup's word for its kind, which the account must let in. */
  readonly kind: 'EFS' | 'DocumentDB';
}

interface Place {
  readonly replica: TerraformProvider;
  readonly resources: readonly BackedUp[];
}

/** AWS Backup: hourly, and daily at 02:00 UTC with a copy in the second region; weekly a restore is tried. Gives the vault's name. */
export function backups(stack: TerraformStack, estate: Estate, { replica, resources }: Place): string {
  const letIn = lettingIn(stack, resources);
  const vault = lockedVault(stack, estate, { id: 'backups' });
  const copy = lockedVault(stack, estate, { id: 'backups-replica', provider: replica });
  const worker = role(stack, 'backup-role', {
    name: estate.names.shared('backup'),
    why: 'takes and restores backups',
    trust: trustService('backup.amazonaws.com', estate.configuration.account),
    managed: [
      'service-role/AWSBackupServiceRolePolicyForBackup',
      'service-role/AWSBackupServiceRolePolicyForRestores',
    ],
  });
  const rule = { targetVaultName: vault.name, startWindow: 60, completionWindow: 180 };
  const plan = new BackupPlan(stack, 'backup-plan', {
    name: estate.names.shared('papers'),
    rule: [
      {
        ...rule,
        ruleName: 'hourly',
        schedule: 'cron(0 * * * ? *)',
        lifecycle: { deleteAfter: keepHourlyDays },
      },
      {
        ...rule,
        ruleName: 'daily',
        schedule: 'cron(0 2 * * ? *)',
        scheduleExpressionTimezone: 'Etc/UTC',
        lifecycle: { deleteAfter: keepDailyDays },
        copyAction: [{ destinationVaultArn: copy.arn, lifecycle: { deleteAfter: keepDailyDays } }],
      },
    ],
  });
  new BackupSelection(stack, 'backed-up', {
    name: 'papers',
    planId: plan.id,
    iamRoleArn: worker.arn,
    resources: resources.map(({ arn }) => arn),
    dependsOn: [letIn, ...worker.permissions],
  });
  restoreTests(stack, estate, { vault, worker, resources });
  return vault.name;
}

/**
 * Rows are backed up only where the account has let their kind in, even if they are named; other kinds of the account
 * stay as they are, so that Terraform sets ours once and looks no further.
 * Source: AWS Backup Developer Guide, "Getting started 1: Service opt-in".
 */
function lettingIn(stack: TerraformStack, resources: readonly BackedUp[]): BackupRegionSettings {
  return new BackupRegionSettings(stack, 'backed-up-kinds', {
    resourceTypeOptInPreference: Object.fromEntries(resources.map(({ kind }) => [kind, true])),
    lifecycle: { ignoreChanges: 'all' },
  });
}

/** A vault from which nobody deletes early; in production not even we can undo that, three days after its birth. */
function lockedVault(
  stack: TerraformStack,
  estate: Estate,
  { id, provider }: { id: string; provider?: TerraformProvider },
): BackupVault {
  const key = encryptionKey(stack, estate, { purpose: id, why: `recovery points in ${id}`, provider });
  const vault = new BackupVault(stack, id, {
    name: estate.names.shared(id),
    kmsKeyArn: key.arn,
    forceDestroy: !estate.settings.guarded,
    provider,
  });
  const compliance = estate.configuration.environment === 'production' ? { changeableForDays: 3 } : {};
  new BackupVaultLockConfiguration(stack, `${id}-lock`, {
    backupVaultName: vault.name,
    minRetentionDays: keepHourlyDays,
    maxRetentionDays: keepDailyDays,
    provider,
    ...compliance,
  });
  return vault;
}

function restoreTests(
  stack: TerraformStack,
  { names }: Estate,
  { vault, worker, resources }: { vault: BackupVault; worker: Role; resources: readonly BackedUp[] },
): void {
  const plan = new BackupRestoreTestingPlan(stack, 'restore-tests', {
    // AWS takes letters, digits and underscores only.
    name: names.shared('restore_tests').replaceAll('-', '_'),
    scheduleExpression: 'cron(0 5 ? * SUN *)',
    scheduleExpressionTimezone: 'Etc/UTC',
    startWindowHours: 4,
    recoveryPointSelection: [
      {
        algorithm: 'LATEST_WITHIN_WINDOW',
        includeVaults: [vault.arn],
        recoveryPointTypes: ['SNAPSHOT'],
        selectionWindowDays: 7,
      },
    ],
  });
  for (const { arn, kind } of resources) {
    new BackupRestoreTestingSelection(stack, `restore-test-of-${kind.toLowerCase()}`, {
      name: kind.toLowerCase(),
      restoreTestingPlanName: plan.name,
      protectedResourceType: kind,
      protectedResourceArns: [arn],
      iamRoleArn: worker.arn,
      // Long enough for the job that decrypts a document out of both (docs/operations/restore-from-backup.md).
      validationWindowHours: 12,
    });
  }
}
