import { parities } from '../../domain/parity.ts';
import { isTrue, ownKey, type TypeLaw } from './law.ts';

/** Queues, papers, rows, caches, balancers, buckets and images. */
export const lawsOfPapers: readonly TypeLaw[] = [
  { type: 'aws_sqs_queue', says: 'queues are encrypted', holds: isTrue('sqs_managed_sse_enabled') },
  { type: 'aws_mq_broker', says: 'brokers are private', holds: a => `${a}.publicly_accessible == false` },
  {
    type: 'aws_mq_broker',
    says: 'brokers stand in three zones',
    holds: a => `${a}.deployment_mode == "CLUSTER_MULTI_AZ"`,
  },
  { type: 'aws_mq_broker', says: 'brokers run RabbitMQ', holds: a => `${a}.engine_type == "RabbitMQ"` },
  {
    type: 'aws_mq_broker',
    says: 'queues lie under our key',
    holds: a => `${a}.encryption_options[0].use_aws_owned_key == false`,
  },
  {
    type: 'aws_mq_broker',
    says: 'queues lie under a key of our own',
    holds: a => `startswith(${a}.encryption_options[0].kms_key_id, "arn:aws:kms:")`,
  },
  { type: 'aws_mq_broker', says: 'brokers log', holds: a => `${a}.logs[0].general == true` },
  { type: 'aws_secretsmanager_secret', says: 'secrets lie under our key', holds: ownKey('kms_key_id') },
  {
    type: 'aws_secretsmanager_secret',
    says: 'secrets can be brought back',
    holds: a => `${a}.recovery_window_in_days == 30`,
  },
  {
    type: 'aws_secretsmanager_secret_rotation',
    says: 'passwords change every month',
    holds: a => `${a}.rotation_rules[0].automatically_after_days <= 30`,
  },
  {
    type: 'aws_secretsmanager_secret_rotation',
    says: 'the first password is changed at once',
    holds: isTrue('rotate_immediately'),
  },
  {
    type: 'aws_lambda_function',
    says: 'functions stand inside the VPC',
    holds: a => `length(${a}.vpc_config[0].subnet_ids) == 3`,
  },
  {
    type: 'aws_lambda_function',
    says: 'what they are told lies under our key',
    holds: ownKey('kms_key_arn'),
  },
  {
    type: 'aws_lambda_permission',
    says: 'nobody from outside the account starts a function',
    holds: a => `${a}.source_account != null`,
  },
  { type: 'aws_efs_file_system', says: 'papers are encrypted', holds: isTrue('encrypted') },
  { type: 'aws_efs_file_system', says: 'papers lie under our key', holds: ownKey('kms_key_id') },
  {
    type: 'aws_efs_file_system',
    says: 'throughput is elastic',
    holds: a => `${a}.throughput_mode == "elastic"`,
  },
  {
    type: 'aws_efs_file_system',
    says: 'no replication overwrites papers',
    holds: a => `try(${a}.protection[0].replication_overwrite, null) != "DISABLED"`,
    except: { 'vault-replica': 'it is what the replication writes' },
  },
  { type: 'aws_efs_access_point', says: 'nobody is root', holds: a => `${a}.posix_user[0].uid > 0` },
  {
    type: 'aws_efs_backup_policy',
    says: 'no backup happens beside the plan',
    holds: a => `${a}.backup_policy[0].status == "DISABLED"`,
  },
  { type: 'aws_backup_vault', says: 'backups lie under our key', holds: ownKey('kms_key_arn') },
  {
    type: 'aws_backup_vault',
    says: 'a vault with backups cannot be deleted',
    holds: a => `${a}.force_destroy == false`,
  },
  {
    type: 'aws_backup_vault_lock_configuration',
    says: 'backups cannot be deleted early',
    holds: a => `${a}.min_retention_days == 3`,
  },
  { type: 'aws_docdb_cluster', says: 'rows are encrypted', holds: isTrue('storage_encrypted') },
  { type: 'aws_docdb_cluster', says: 'rows lie under our key', holds: ownKey('kms_key_id') },
  { type: 'aws_docdb_cluster', says: 'rows are protected', holds: isTrue('deletion_protection') },
  {
    type: 'aws_docdb_cluster',
    says: 'rows can be taken back for thirty days',
    holds: a => `${a}.backup_retention_period == 30`,
  },
  {
    type: 'aws_docdb_cluster',
    says: 'rows leave a last snapshot',
    holds: a => `${a}.skip_final_snapshot == false`,
  },
  {
    type: 'aws_docdb_global_cluster',
    says: 'the world of rows is protected',
    holds: isTrue('deletion_protection'),
  },
  {
    type: 'aws_docdb_cluster_parameter_group',
    says: 'rows travel over TLS',
    holds: a => `contains([for each in ${a}.parameter : "\${each.name}=\${each.value}"], "tls=enabled")`,
  },
  {
    type: 'aws_elasticache_replication_group',
    says: 'the cache is encrypted',
    holds: a => `tobool(${a}.at_rest_encryption_enabled)`,
  },
  {
    type: 'aws_elasticache_replication_group',
    says: 'the cache lies under our key',
    holds: ownKey('kms_key_id'),
  },
  {
    type: 'aws_elasticache_replication_group',
    says: 'the cache speaks TLS only',
    holds: a => `${a}.transit_encryption_mode == "required"`,
  },
  {
    type: 'aws_elasticache_replication_group',
    says: 'the cache survives a zone',
    holds: isTrue('multi_az_enabled'),
  },
  {
    type: 'aws_elasticache_user',
    says: 'the cache takes what is named alone, and says so',
    holds: a => `strcontains(${a}.access_string, " -@all ")`,
  },
  {
    type: 'aws_elasticache_user',
    says: 'the cache knows no password',
    holds: a => `${a}.authentication_mode[0].type == "iam"`,
  },
  { type: 'aws_lb', says: 'balancers are protected', holds: isTrue('enable_deletion_protection') },
  { type: 'aws_lb', says: 'balancers log', holds: a => `${a}.access_logs[0].enabled == true` },
  {
    type: 'aws_lb',
    says: 'nothing but the entries is public',
    holds: isTrue('internal'),
    except: Object.fromEntries(parities.map(parity => [`${parity}-entry`, 'the front door'])),
  },
  { type: 'aws_route53_health_check', says: 'health is asked over TLS', holds: a => `${a}.type == "HTTPS"` },
  {
    type: 'aws_route53_health_check',
    says: 'a death is seen within half a minute',
    holds: a => `${a}.request_interval * ${a}.failure_threshold <= 30`,
  },
  {
    type: 'aws_route53_health_check',
    says: 'a disabled check would count as healthy',
    holds: a => `coalesce(${a}.disabled, false) == false`,
  },
  {
    type: 'aws_s3_bucket',
    says: 'a bucket with objects cannot be deleted',
    holds: a => `${a}.force_destroy == false`,
  },
  {
    type: 'aws_s3_bucket_versioning',
    says: 'buckets keep versions',
    holds: a => `${a}.versioning_configuration[0].status == "Enabled"`,
  },
  {
    type: 'aws_s3_bucket_public_access_block',
    says: 'no bucket can be public',
    holds: a =>
      `${a}.block_public_acls && ${a}.block_public_policy && ${a}.ignore_public_acls && ${a}.restrict_public_buckets`,
  },
  {
    type: 'aws_s3_bucket_policy',
    says: 'buckets answer over TLS only',
    holds: a => `strcontains(${a}.policy, "OverTlsOnly")`,
  },
  {
    type: 'aws_s3_bucket_server_side_encryption_configuration',
    says: 'buckets lie under our key',
    holds: a => `one(one(${a}.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"`,
    except: { 'logs-bucket-encryption': 'load balancers deliver logs to buckets under keys of S3 only' },
  },
  {
    type: 'aws_ecr_repository',
    says: 'a tag never changes its meaning',
    holds: a => `${a}.image_tag_mutability == "IMMUTABLE"`,
  },
  {
    type: 'aws_ecr_repository',
    says: 'images lie under our key',
    holds: a => `${a}.encryption_configuration[0].encryption_type == "KMS"`,
  },
  {
    type: 'aws_ecr_repository',
    says: 'images are scanned',
    holds: a => `${a}.image_scanning_configuration[0].scan_on_push == true`,
  },
  {
    type: 'aws_codebuild_project',
    says: 'what jobs leave lies under our key',
    holds: ownKey('encryption_key'),
  },
  {
    type: 'aws_codebuild_project',
    says: 'the runner is no root of its host',
    holds: a => `${a}.environment[0].privileged_mode == false`,
  },
  {
    type: 'aws_wafv2_web_acl_logging_configuration',
    says: 'tokens are not logged: not of users',
    holds: a => `contains(flatten(${a}.redacted_fields[*].single_header[*].name), "authorization")`,
  },
  {
    type: 'aws_wafv2_web_acl_logging_configuration',
    says: 'tokens are not logged: not of links',
    holds: a => `length(flatten(${a}.redacted_fields[*].uri_path)) == 1`,
  },
];
