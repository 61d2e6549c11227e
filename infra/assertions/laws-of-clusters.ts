import { parities } from '../../domain/parity.ts';
import { ports } from '../traffic.ts';
import { isTrue, ownKey, type TypeLaw } from './law.ts';

/** Keys, logs, network and clusters. */
export const lawsOfClusters: readonly TypeLaw[] = [
  { type: 'aws_kms_key', says: 'keys rotate', holds: isTrue('enable_key_rotation') },
  {
    type: 'aws_kms_key',
    says: 'keys wait before they are deleted',
    holds: a => `${a}.deletion_window_in_days == 30`,
  },
  { type: 'aws_cloudwatch_log_group', says: 'logs lie under our key', holds: ownKey('kms_key_id') },
  { type: 'aws_cloudwatch_log_group', says: 'logs are kept', holds: a => `${a}.retention_in_days >= 365` },
  {
    type: 'aws_vpc_security_group_ingress_rule',
    says: 'every rule says why it is there',
    holds: a => `length(${a}.description) >= 10`,
  },
  {
    type: 'aws_vpc_security_group_ingress_rule',
    says: 'the world comes in nowhere but at the entries',
    holds: a => `${a}.cidr_ipv4 == null`,
    except: Object.fromEntries(
      parities.map(parity => [`in-world-to-entry-${parity}-${ports.https}`, 'the front door']),
    ),
  },
  {
    type: 'aws_vpc_security_group_egress_rule',
    says: 'every rule says why it is there',
    holds: a => `length(${a}.description) >= 10`,
  },
  {
    type: 'aws_subnet',
    says: 'nothing gets a public address by itself',
    holds: a => `coalesce(${a}.map_public_ip_on_launch, false) == false`,
  },
  { type: 'aws_flow_log', says: 'all traffic is recorded', holds: a => `${a}.traffic_type == "ALL"` },
  {
    type: 'aws_eks_cluster',
    says: 'the API has no public end',
    holds: a => `${a}.vpc_config[0].endpoint_public_access == false`,
  },
  {
    type: 'aws_eks_cluster',
    says: 'the API has a private end',
    holds: a => `${a}.vpc_config[0].endpoint_private_access == true`,
  },
  {
    type: 'aws_eks_cluster',
    says: 'access is by entries alone',
    holds: a => `${a}.access_config[0].authentication_mode == "API"`,
  },
  {
    type: 'aws_eks_cluster',
    says: 'its creator is nobody special',
    holds: a => `${a}.access_config[0].bootstrap_cluster_creator_admin_permissions == false`,
  },
  {
    type: 'aws_eks_cluster',
    says: 'support is STANDARD',
    holds: a => `${a}.upgrade_policy[0].support_type == "STANDARD"`,
  },
  {
    type: 'aws_eks_cluster',
    says: 'all five logs are on',
    holds: a => `length(${a}.enabled_cluster_log_types) == 5`,
  },
  {
    type: 'aws_eks_cluster',
    says: 'secrets lie under our key',
    holds: a => `startswith(${a}.encryption_config[0].provider[0].key_arn, "arn:aws:kms:")`,
  },
  {
    type: 'aws_launch_template',
    says: 'metadata needs a token',
    holds: a => `${a}.metadata_options[0].http_tokens == "required"`,
  },
  {
    type: 'aws_launch_template',
    says: 'pods cannot reach metadata',
    holds: a => `${a}.metadata_options[0].http_put_response_hop_limit == 1`,
  },
  {
    type: 'aws_launch_template',
    says: 'disks are encrypted',
    holds: a => `alltrue([for each in ${a}.block_device_mappings : each.ebs[0].encrypted == "true"])`,
  },
];
