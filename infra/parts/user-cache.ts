import { ElasticacheReplicationGroup } from '@cdktf/provider-aws/lib/elasticache-replication-group/index.js';
import { ElasticacheSubnetGroup } from '@cdktf/provider-aws/lib/elasticache-subnet-group/index.js';
import { ElasticacheUserGroup } from '@cdktf/provider-aws/lib/elasticache-user-group/index.js';
import { ElasticacheUser } from '@cdktf/provider-aws/lib/elasticache-user/index.js';
import type { Contract } from '../outputs.ts';
import type { Estate } from '../stack.ts';
import type { Network } from '../stacks/network.ts';
import type { TerraformStack } from '../terraform.ts';
import { encryptionKey } from './encryption-key.ts';

/**
 * Valkey in three zones. Services sign in with their role: there is no password, and no role may as long as no service
 * of the catalogue uses it. Gives its part of the contract.
 */
export function userCache(
  stack: TerraformStack,
  estate: Estate,
  network: Network,
): Contract['data']['cache'] {
  const { names, configuration } = estate;
  const key = encryptionKey(stack, estate, { purpose: 'cache', why: 'the user cache' });
  const name = names.shared('users');
  const user = new ElasticacheUser(stack, 'cache-user', {
    userId: name,
    userName: name,
    engine: 'valkey',
    // A user begins with -@all anyway; ElastiCache says it back, and a plan without it would differ for ever.
    accessString: 'on ~* -@all +@read +@write +@connection -@dangerous',
    authenticationMode: { type: 'iam' },
  });
  const group = new ElasticacheUserGroup(stack, 'cache-users', {
    userGroupId: name,
    engine: 'valkey',
    userIds: [user.userId],
  });
  const subnets = new ElasticacheSubnetGroup(stack, 'cache-subnets', {
    name,
    subnetIds: [...network.subnets.intra],
  });
  const cache = new ElasticacheReplicationGroup(stack, 'cache', {
    replicationGroupId: name,
    description: 'the user cache: slower without it, never wrong',
    engine: 'valkey',
    engineVersion: '8.0',
    nodeType: configuration.cache.nodeType,
    numCacheClusters: configuration.zones.length,
    automaticFailoverEnabled: true,
    multiAzEnabled: true,
    atRestEncryptionEnabled: 'true',
    kmsKeyId: key.arn,
    transitEncryptionEnabled: true,
    transitEncryptionMode: 'required',
    userGroupIds: [group.id],
    subnetGroupName: subnets.name,
    securityGroupIds: [network.groups.cache],
    autoMinorVersionUpgrade: 'true',
  });
  return { host: cache.primaryEndpointAddress, user: name };
}
