import type { ListRecoveryPointsByBackupVaultOutput } from '@aws-sdk/client-backup';
import { ago } from './look.ts';

/** Hourly, up to an hour late, three hours long (infra/parts/backups.ts): what is older is overdue. */
const backupWithinMs = 5 * 60 * 60 * 1_000;

/** The newest whole recovery point must not be too old. */
export function backupFault(
  { RecoveryPoints: points = [] }: ListRecoveryPointsByBackupVaultOutput,
  nowMs: number,
): string | undefined {
  const whole = points.filter(({ Status: status }) => status === 'COMPLETED');
  const newestMs = Math.max(...whole.map(({ CreationDate: at }) => at?.getTime() ?? 0));
  if (whole.length === 0) return 'there is no whole recovery point: look at the last backup jobs';
  if (nowMs - newestMs <= backupWithinMs) return undefined;
  return `the newest recovery point was made ${ago(newestMs, nowMs)}: look at the last backup jobs`;
}
