import { parities } from '../../domain/parity.ts';
import { fileSystemNames } from '../service-access.ts';
import type { StackLaw } from './law.ts';

const weights = (name: string) =>
  `[${parities.map(parity => `aws_route53_record.${name}-to-${parity}.weighted_routing_policy[0].weight`).join(', ')}]`;
const same = (a: string, b: string) => `${a} == ${b}`;
const vaultRule = (name: string) =>
  `one([for each in aws_backup_plan.backup-plan.rule : each if each.rule_name == "${name}"])`;

/** Laws of single stacks: what is promised about names, backups, and what reaches what. */
export const stackLaws: readonly StackLaw[] = [
  ...['api', 'beta'].flatMap((name): StackLaw[] => [
    {
      stack: 'edge',
      says: `exactly one cluster answers ${name} at first`,
      holds: `length([for each in ${weights(name)} : each if each > 0]) == 1`,
    },
    { stack: 'edge', says: `the weights of ${name} are never all zero`, holds: `sum(${weights(name)}) > 0` },
  ]),
  {
    stack: 'edge',
    says: 'beta answers from the other cluster',
    holds: `${weights('api')} == reverse(${weights('beta')})`,
  },
  ...parities.flatMap(parity =>
    ['api', 'beta', 'ops'].map((name): StackLaw => ({
      stack: 'edge',
      says: `${name} in ${parity} has that cluster's health check`,
      holds: same(
        `aws_route53_record.${name}-to-${parity}.health_check_id`,
        `aws_route53_health_check.${parity}-health.id`,
      ),
    })),
  ),
  {
    stack: 'edge',
    says: 'the region follows its pair',
    holds: 'aws_route53_record.api.alias[0].evaluate_target_health == true',
  },
  {
    stack: 'edge',
    says: 'ops has one first choice',
    holds: `length([for each in [${parities.map(parity => `aws_route53_record.ops-to-${parity}.failover_routing_policy[0].type`).join(', ')}] : each if each == "PRIMARY"]) == 1`,
  },
  ...parities.flatMap((parity): StackLaw[] => [
    {
      stack: 'edge',
      says: `connections to ${parity} do not outlive a flip`,
      holds: `aws_lb.${parity}-firewall.client_keep_alive <= 60`,
    },
    {
      stack: 'edge',
      says: `${parity} drops malformed headers`,
      holds: `aws_lb.${parity}-firewall.drop_invalid_header_fields == true`,
    },
    {
      stack: 'edge',
      says: `${parity} speaks TLS 1.2 or newer`,
      holds: `startswith(aws_lb_listener.${parity}-firewall-https.ssl_policy, "ELBSecurityPolicy-TLS13-1-2")`,
    },
    {
      stack: 'edge',
      says: `${parity} stands behind the firewall rules`,
      holds: same(
        `aws_wafv2_web_acl_association.${parity}-firewall-rules-of.web_acl_arn`,
        'aws_wafv2_web_acl.firewall-rules.arn',
      ),
    },
  ]),
  {
    stack: 'edge',
    says: 'every rule of the firewall blocks',
    holds: `alltrue([for each in aws_wafv2_web_acl.firewall-rules.rule : length(flatten([each.override_action[*].none, each.action[*].block])) == 1])`,
  },
  {
    stack: 'data',
    says: 'a backup is taken daily at 02:00',
    holds: `${vaultRule('daily')}.schedule == "cron(0 2 * * ? *)"`,
  },
  { stack: 'data', says: 'in UTC', holds: `${vaultRule('daily')}.schedule_expression_timezone == "Etc/UTC"` },
  {
    stack: 'data',
    says: 'and kept for thirty days',
    holds: `one(${vaultRule('daily')}.lifecycle).delete_after == 30`,
  },
  { stack: 'data', says: 'and copied', holds: `length(${vaultRule('daily')}.copy_action) == 1` },
  {
    stack: 'data',
    says: 'a backup is taken every hour',
    holds: `${vaultRule('hourly')}.schedule == "cron(0 * * * ? *)"`,
  },
  {
    stack: 'data',
    says: 'the vault and the rows are backed up, the spool is not',
    holds: 'length(aws_backup_selection.backed-up.resources) == 2',
  },
  {
    stack: 'data',
    says: 'restores are tried',
    holds: 'aws_backup_restore_testing_plan.restore-tests.schedule_expression != ""',
  },
  {
    stack: 'data',
    says: "documents' key opens in both regions",
    holds: 'aws_kms_key.documents-key.multi_region == true',
  },
  {
    stack: 'data',
    says: 'the vault is replicated',
    holds: same(
      'aws_efs_replication_configuration.vault-replication.source_file_system_id',
      'aws_efs_file_system.vault.id',
    ),
  },
  {
    stack: 'data',
    says: 'into a file system of ours, which goes when the estate goes',
    holds: same(
      'aws_efs_replication_configuration.vault-replication.destination[0].file_system_id',
      'aws_efs_file_system.vault-replica.id',
    ),
  },
  {
    stack: 'data',
    says: 'that stands in the second region',
    holds: same('aws_efs_replication_configuration.vault-replication.destination[0].region', '"eu-west-1"'),
  },
  {
    stack: 'data',
    says: 'and that nobody mounts before it is promoted',
    holds: '!strcontains(aws_efs_file_system_policy.vault-replica-policy.policy, "Allow")',
  },
  ...[...fileSystemNames, 'vault-replica'].flatMap((name): StackLaw[] => [
    {
      stack: 'data',
      says: `the ${name} demands TLS`,
      holds: `strcontains(aws_efs_file_system_policy.${name}-policy.policy, "aws:SecureTransport")`,
    },
    {
      stack: 'data',
      says: `the ${name} denies the anonymous`,
      holds: `strcontains(aws_efs_file_system_policy.${name}-policy.policy, "NobodyWithoutOurIdentity")`,
    },
  ]),
  {
    stack: 'delivery',
    says: 'the record takes conditional writes only',
    holds: 'strcontains(aws_s3_bucket_policy.record-bucket-policy.policy, "s3:if-none-match")',
  },
  {
    stack: 'delivery',
    says: 'the runner stands inside the VPC',
    holds: 'length(aws_codebuild_project.runner.vpc_config[0].subnets) == 3',
  },
  {
    stack: 'delivery',
    says: 'only our protected environment is the pipeline',
    holds:
      'strcontains(aws_iam_role.pipeline-role.assume_role_policy, "repo:acme/parity:environment:staging")',
  },
];
