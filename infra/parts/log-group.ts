import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { TerraformProvider, TerraformStack } from '../terraform.ts';

/** Logs are kept for a year and a month: long enough to look into what last year's audit found. */
const retentionInDays = 400;

interface LogGroupDescription {
  readonly name: string;
  readonly keyArn: string;
  readonly provider?: TerraformProvider;
}

/** A log group under our key. */
export function logGroup(
  stack: TerraformStack,
  id: string,
  { name, keyArn, provider }: LogGroupDescription,
): CloudwatchLogGroup {
  return new CloudwatchLogGroup(stack, id, { name, kmsKeyId: keyArn, retentionInDays, provider });
}
