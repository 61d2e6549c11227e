import { z } from 'zod';

/** What a plan does to one object. */
export type Change = 'created' | 'changed' | 'replaced' | 'destroyed';

/** One object that a plan touches. */
export interface PlannedChange {
  /** `data/aws_efs_file_system.vault`: as it is named on the command line. */
  readonly address: string;
  readonly change: Change;
  /** True when what it holds cannot be made again. */
  readonly stateful: boolean;
}

/** A stack's plan for a human. */
export interface PlanSummary {
  readonly stack: string;
  readonly changes: readonly PlannedChange[];
  /** True when what the stack tells others changes, even if none of its objects does. */
  readonly tellsOthers: boolean;
}

/** Types whose objects hold what cannot be made again: papers, rows, messages, keys, images, addresses, evidence. */
const statefulTypes: ReadonlySet<string> = new Set([
  'aws_backup_vault',
  'aws_cloudwatch_log_group',
  'aws_docdb_cluster',
  'aws_docdb_global_cluster',
  'aws_ecr_repository',
  'aws_efs_file_system',
  'aws_efs_replication_configuration',
  'aws_eks_cluster',
  'aws_kms_key',
  'aws_kms_replica_key',
  'aws_mq_broker',
  'aws_route53_zone',
  'aws_s3_bucket',
  'aws_secretsmanager_secret',
  'aws_vpc',
]);

const plannedChange = z.looseObject({
  type: z.literal('planned_change'),
  change: z.looseObject({
    resource: z.looseObject({ addr: z.string(), resource_type: z.string() }),
    action: z.string(),
  }),
});

const plannedOutputs = z.looseObject({
  type: z.literal('outputs'),
  outputs: z.record(z.string(), z.looseObject({ action: z.string().optional() })),
});

const changes: ReadonlyMap<string, Change> = new Map([
  ['create', 'created'],
  ['update', 'changed'],
  ['replace', 'replaced'],
  ['delete', 'destroyed'],
]);

/**
 * Reads a plan as `terraform plan -json` prints it: a JSON object a line. What is only read, moved or stays is left out.
 * Source: Terraform, "Machine-Readable UI".
 */
export function summarizePlan(stack: string, lines: string): PlanSummary {
  const said: unknown[] = lines
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line) as unknown);
  return {
    stack,
    changes: said.flatMap(line => changeIn(stack, line)),
    tellsOthers: said.some(line => {
      const outputs = plannedOutputs.safeParse(line).data?.outputs ?? {};
      return Object.values(outputs).some(({ action }) => action !== undefined && action !== 'noop');
    }),
  };
}

function changeIn(stack: string, line: unknown): PlannedChange[] {
  const parsed = plannedChange.safeParse(line);
  if (!parsed.success) return [];
  const { resource, action } = parsed.data.change;
  const change = changes.get(action);
  if (change === undefined) return [];
  const stateful = statefulTypes.has(resource.resource_type);
  return [{ address: `${stack}/${resource.addr}`, change, stateful }];
}

/** What would be lost by a plan: stateful objects that it replaces or destroys. */
export function lossesOf({ changes }: PlanSummary): PlannedChange[] {
  return changes.filter(
    ({ change, stateful }) => stateful && (change === 'replaced' || change === 'destroyed'),
  );
}

/** `network: 155 created`, and a line for everything that goes away, the stateful ones marked. */
export function presentPlan({ stack, changes }: PlanSummary): string {
  const order: readonly Change[] = ['created', 'changed', 'replaced', 'destroyed'];
  const counts = order.flatMap(kind => {
    const count = changes.filter(({ change }) => change === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  const named = changes
    .filter(
      ({ change, stateful }) =>
        change === 'replaced' || change === 'destroyed' || (stateful && change === 'changed'),
    )
    .map(
      ({ address, change, stateful }) =>
        `  ${change.toUpperCase()} ${address}${stateful ? '  (stateful)' : ''}`,
    );
  return [`${stack}: ${counts.length === 0 ? 'nothing to do' : counts.join(', ')}`, ...named].join('\n');
}
