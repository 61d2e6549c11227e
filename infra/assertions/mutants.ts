import { parities } from '../../domain/parity.ts';

/** One secure setting, broken. */
export interface Mutant {
  readonly stack: string;
  /** Type, name, and the way to the argument, as Terraform's JSON has it. */
  readonly at: readonly (string | number)[];
  /** What it becomes; undefined takes it away. */
  readonly becomes: unknown;
}

const [parity] = parities;
const cluster = `cluster-${parity}`;
const broker = `broker-${parity}`;
const mutant = (stack: string, at: readonly (string | number)[], becomes?: unknown): Mutant => ({
  stack,
  at,
  becomes,
});

/** Forty of them: the gates (laws, checkov) must notice. */
export const mutants: readonly Mutant[] = [
  mutant('network', ['aws_kms_key', 'logs-key', 'enable_key_rotation'], false),
  mutant('network', ['aws_cloudwatch_log_group', 'flow-logs', 'retention_in_days'], 7),
  mutant('network', ['aws_flow_log', 'flow-log', 'traffic_type'], 'REJECT'),
  mutant('network', ['aws_subnet', 'private-a', 'map_public_ip_on_launch'], true),
  mutant(
    'network',
    ['aws_vpc_security_group_ingress_rule', `in-nodes-${parity}-to-vault-2049`, 'cidr_ipv4'],
    '0.0.0.0/0',
  ),
  mutant(
    'network',
    ['aws_vpc_security_group_ingress_rule', `in-nodes-${parity}-to-vault-2049`, 'description'],
    '',
  ),
  mutant(cluster, ['aws_eks_cluster', 'cluster', 'vpc_config', 'endpoint_public_access'], true),
  mutant(cluster, ['aws_eks_cluster', 'cluster', 'vpc_config', 'endpoint_private_access'], false),
  mutant(
    cluster,
    ['aws_eks_cluster', 'cluster', 'access_config', 'authentication_mode'],
    'API_AND_CONFIG_MAP',
  ),
  mutant(
    cluster,
    ['aws_eks_cluster', 'cluster', 'access_config', 'bootstrap_cluster_creator_admin_permissions'],
    true,
  ),
  mutant(cluster, ['aws_eks_cluster', 'cluster', 'encryption_config']),
  mutant(cluster, ['aws_eks_cluster', 'cluster', 'enabled_cluster_log_types'], ['api']),
  mutant(cluster, ['aws_eks_cluster', 'cluster', 'upgrade_policy', 'support_type'], 'EXTENDED'),
  mutant(cluster, ['aws_launch_template', 'system-template', 'metadata_options', 'http_tokens'], 'optional'),
  mutant(
    cluster,
    ['aws_launch_template', 'system-template', 'metadata_options', 'http_put_response_hop_limit'],
    2,
  ),
  mutant(
    cluster,
    ['aws_launch_template', 'system-template', 'block_device_mappings', 0, 'ebs', 'encrypted'],
    'false',
  ),
  mutant(cluster, ['aws_sqs_queue', 'interruptions', 'sqs_managed_sse_enabled'], false),
  mutant(broker, ['aws_mq_broker', 'broker', 'publicly_accessible'], true),
  mutant(broker, ['aws_mq_broker', 'broker', 'deployment_mode'], 'SINGLE_INSTANCE'),
  mutant(broker, ['aws_mq_broker', 'broker', 'encryption_options', 'use_aws_owned_key'], true),
  mutant(broker, ['aws_mq_broker', 'broker', 'logs', 'general'], false),
  mutant(broker, ['aws_secretsmanager_secret', 'administrator', 'recovery_window_in_days'], 0),
  mutant('data', ['aws_efs_file_system', 'vault', 'encrypted'], false),
  mutant('data', ['aws_efs_file_system', 'spool', 'kms_key_id']),
  mutant('data', ['aws_efs_backup_policy', 'spool-automatic-backup', 'backup_policy', 'status'], 'ENABLED'),
  mutant('data', ['aws_efs_access_point', 'vault-of-storage', 'posix_user', 'uid'], 0),
  mutant('data', ['aws_backup_vault', 'backups', 'kms_key_arn']),
  mutant('data', ['aws_backup_vault_lock_configuration', 'backups-lock', 'min_retention_days'], 1),
  mutant('data', ['aws_docdb_cluster', 'rows-first', 'storage_encrypted'], false),
  mutant('data', ['aws_docdb_cluster', 'rows-first', 'deletion_protection'], false),
  mutant('data', ['aws_docdb_cluster', 'rows-first', 'backup_retention_period'], 1),
  mutant('data', ['aws_elasticache_replication_group', 'cache', 'transit_encryption_mode'], 'preferred'),
  mutant('edge', ['aws_lb', `${parity}-firewall`, 'internal'], false),
  mutant('edge', ['aws_lb', `${parity}-entry`, 'enable_deletion_protection'], false),
  mutant('edge', ['aws_lb_listener', `${parity}-firewall-https`, 'ssl_policy'], 'ELBSecurityPolicy-2016-08'),
  mutant('edge', ['aws_route53_record', `api-to-${parity}`, 'weighted_routing_policy', 'weight'], 0),
  mutant('edge', ['aws_route53_record', `api-to-${parity}`, 'health_check_id']),
  mutant(
    'delivery',
    ['aws_s3_bucket_versioning', 'record-bucket-versions', 'versioning_configuration', 'status'],
    'Suspended',
  ),
  mutant(
    'delivery',
    ['aws_s3_bucket_public_access_block', 'record-bucket-closed', 'block_public_policy'],
    false,
  ),
  mutant('delivery', ['aws_ecr_repository', 'images-storage', 'image_tag_mutability'], 'MUTABLE'),
];

/** What the gates must let pass: gates that refuse everything would notice every mutant, too. */
export const harmless = mutant('network', ['aws_kms_key', 'logs-key', 'description'], 'logs, in other words');

/** The stack's JSON with the mutant in it. */
export function mutate(text: string, { at, becomes }: Mutant): string {
  const stack = JSON.parse(text) as { resource: Record<string, unknown> };
  const way = [...at];
  const last = way.pop() ?? '';
  let place: unknown = stack.resource;
  for (const step of way) place = (place as Record<string | number, unknown>)[step];
  if (typeof place !== 'object' || place === null)
    throw new TypeError(`${at.join('.')} is not there to be broken`);
  const open = place as Record<string | number, unknown>;
  if (becomes === undefined) delete open[last];
  else open[last] = becomes;
  return JSON.stringify(stack);
}
