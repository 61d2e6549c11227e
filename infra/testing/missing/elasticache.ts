import type { AwsAnswer } from '../aws-request.ts';
import { put, type Fields, type Route } from './route.ts';

function answer(operation: string, content: string): AwsAnswer {
  const namespace = 'http://elasticache.amazonaws.com/doc/2015-02-02/';
  const result = `<${operation}Result>${content}</${operation}Result>`;
  const body = `<${operation}Response xmlns="${namespace}">${result}<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

function notFound(code: 'UserGroupNotFound' | 'ReplicationGroupNotFoundFault'): AwsAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>no such group</Message></Error>`;
  return {
    status: 404,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse>${error}</ErrorResponse>`,
  };
}

function group(fields: Fields, status = 'active'): string {
  return [
    `<UserGroupId>${String(fields['UserGroupId'])}</UserGroupId>`,
    `<Status>${status}</Status>`,
    `<Engine>${String(fields['Engine'])}</Engine>`,
    `<UserIds><member>${String(fields['UserIds.member.1'])}</member></UserIds>`,
    `<ARN>${String(fields['ARN'])}</ARN>`,
  ].join('');
}

function tagsOf(fields: Fields): string {
  return Object.entries(fields)
    .filter(([name]) => /^Tags\.\w+\.\d+\.Key$/.test(name))
    .map(([name, key]) => {
      const value = String(fields[name.replace(/Key$/, 'Value')]);
      return `<Tag><Key>${String(key)}</Key><Value>${value}</Value></Tag>`;
    })
    .join('');
}

/** A member of a replication group, which moto's groups do not have. */
function member(id: string, group: Fields): string {
  return [
    `<CacheClusterId>${id}</CacheClusterId>`,
    '<CacheClusterStatus>available</CacheClusterStatus>',
    `<CacheNodeType>${String(group['CacheNodeType'])}</CacheNodeType>`,
    `<Engine>${String(group['Engine'])}</Engine>`,
    `<EngineVersion>${String(group['EngineVersion'])}</EngineVersion>`,
    '<NumCacheNodes>1</NumCacheNodes>',
    `<ReplicationGroupId>${String(group['ReplicationGroupId'])}</ReplicationGroupId>`,
    `<CacheSubnetGroupName>${String(group['CacheSubnetGroupName'])}</CacheSubnetGroupName>`,
    `<SecurityGroups><member><SecurityGroupId>${String(group['SecurityGroupIds.SecurityGroupId.1'])}</SecurityGroupId><Status>active</Status></member></SecurityGroups>`,
    '<CacheParameterGroup><CacheParameterGroupName>default.valkey8</CacheParameterGroupName></CacheParameterGroup>',
    '<PreferredMaintenanceWindow>sun:05:00-sun:06:00</PreferredMaintenanceWindow>',
    '<AutoMinorVersionUpgrade>true</AutoMinorVersionUpgrade><TransitEncryptionEnabled>true</TransitEncryptionEnabled>',
    `<TransitEncryptionMode>${String(group['TransitEncryptionMode'])}</TransitEncryptionMode>`,
    `<AtRestEncryptionEnabled>${String(group['AtRestEncryptionEnabled'])}</AtRestEncryptionEnabled>`,
  ].join('');
}

/** A replication group as it was asked for; moto's answers drop its encryption and its replicas. */
function replicationGroup(wanted: Fields, arn: string): string {
  const id = String(wanted['ReplicationGroupId']);
  const count = Number(wanted['NumCacheClusters']);
  const members = Array.from({ length: count }, (_, at) => `${id}-${String(at + 1).padStart(3, '0')}`);
  const endpoint = (role: string) => `<Address>${role}.${id}.cache.stand-in</Address><Port>6379</Port>`;
  const nodes = members.map(
    (member, at) =>
      `<NodeGroupMember><CacheClusterId>${member}</CacheClusterId><CacheNodeId>0001</CacheNodeId><CurrentRole>${at === 0 ? 'primary' : 'replica'}</CurrentRole></NodeGroupMember>`,
  );
  return [
    `<ReplicationGroupId>${id}</ReplicationGroupId><Status>available</Status><ARN>${arn}</ARN>`,
    `<Description>${String(wanted['ReplicationGroupDescription'])}</Description>`,
    `<MemberClusters>${members.map(member => `<ClusterId>${member}</ClusterId>`).join('')}</MemberClusters>`,
    `<NodeGroups><NodeGroup><NodeGroupId>0001</NodeGroupId><Status>available</Status><PrimaryEndpoint>${endpoint('master')}</PrimaryEndpoint><ReaderEndpoint>${endpoint('replica')}</ReaderEndpoint><NodeGroupMembers>${nodes.join('')}</NodeGroupMembers></NodeGroup></NodeGroups>`,
    '<AutomaticFailover>enabled</AutomaticFailover><MultiAZ>enabled</MultiAZ><ClusterEnabled>false</ClusterEnabled>',
    '<ClusterMode>disabled</ClusterMode><NetworkType>ipv4</NetworkType><IpDiscovery>ipv4</IpDiscovery>',
    `<CacheNodeType>${String(wanted['CacheNodeType'])}</CacheNodeType><Engine>${String(wanted['Engine'])}</Engine>`,
    '<AuthTokenEnabled>false</AuthTokenEnabled><TransitEncryptionEnabled>true</TransitEncryptionEnabled>',
    `<TransitEncryptionMode>${String(wanted['TransitEncryptionMode'])}</TransitEncryptionMode>`,
    `<AtRestEncryptionEnabled>${String(wanted['AtRestEncryptionEnabled'])}</AtRestEncryptionEnabled>`,
    `<KmsKeyId>${String(wanted['KmsKeyId'])}</KmsKeyId><AutoMinorVersionUpgrade>true</AutoMinorVersionUpgrade>`,
    `<UserGroupIds><member>${String(wanted['UserGroupIds.member.1'])}</member></UserGroupIds>`,
  ].join('');
}

/** User groups, and the members of replication groups. */
export const elastiCacheRoutes: readonly Route[] = [
  [
    'elasticache',
    'POST',
    /^CreateReplicationGroup$/,
    ({ body }, kept) => {
      put(kept, `replication-group/${String(body['ReplicationGroupId'])}`, body);
      return undefined;
    },
  ],
  [
    'elasticache',
    'POST',
    /^DescribeReplicationGroups$/,
    ({ body, arn }, kept) => {
      const id = String(body['ReplicationGroupId']);
      const wanted = kept.get(`replication-group/${id}`);
      // moto's groups are being deleted for ever.
      if (wanted === undefined) return notFound('ReplicationGroupNotFoundFault');
      const group = replicationGroup(wanted, arn(`replicationgroup:${id}`));
      const groups = `<ReplicationGroups><ReplicationGroup>${group}</ReplicationGroup></ReplicationGroups>`;
      return answer('DescribeReplicationGroups', groups);
    },
  ],
  [
    'elasticache',
    'POST',
    /^DeleteReplicationGroup$/,
    ({ body }, kept) => {
      kept.delete(`replication-group/${String(body['ReplicationGroupId'])}`);
      return undefined;
    },
  ],
  // moto keeps them for ever; nobody looks at them again.
  ['elasticache', 'POST', /^DeleteCacheSubnetGroup$/, () => answer('DeleteCacheSubnetGroup', '')],
  [
    'elasticache',
    'POST',
    /^DescribeCacheClusters$/,
    ({ body }, kept) => {
      const id = String(body['CacheClusterId']);
      const group = kept.get(`replication-group/${id.replace(/-\d{3}$/, '')}`);
      if (group === undefined) return undefined;
      return answer(
        'DescribeCacheClusters',
        `<CacheClusters><CacheCluster>${member(id, group)}</CacheCluster></CacheClusters>`,
      );
    },
  ],
  [
    'elasticache',
    'POST',
    /^ListTagsForResource$/,
    ({ body }, kept) => {
      const id = /:usergroup:(.+)$/.exec(String(body['ResourceName']))?.[1];
      const found = id === undefined ? undefined : kept.get(`user-group/${id}`);
      if (found === undefined) return undefined;
      return answer('ListTagsForResource', `<TagList>${tagsOf(found)}</TagList>`);
    },
  ],
  [
    'elasticache',
    'POST',
    /^CreateUserGroup$/,
    ({ body, arn }, kept) => {
      const id = String(body['UserGroupId']);
      return answer(
        'CreateUserGroup',
        group(put(kept, `user-group/${id}`, { ...body, ARN: arn(`usergroup:${id}`) })),
      );
    },
  ],
  [
    'elasticache',
    'POST',
    /^DescribeUserGroups$/,
    ({ body }, kept) => {
      const found = kept.get(`user-group/${String(body['UserGroupId'])}`);
      if (found === undefined) return notFound('UserGroupNotFound');
      return answer('DescribeUserGroups', `<UserGroups><member>${group(found)}</member></UserGroups>`);
    },
  ],
  [
    'elasticache',
    'POST',
    /^DeleteUserGroup$/,
    ({ body }, kept) => {
      const key = `user-group/${String(body['UserGroupId'])}`;
      const found = kept.get(key);
      kept.delete(key);
      return found === undefined
        ? notFound('UserGroupNotFound')
        : answer('DeleteUserGroup', group(found, 'deleting'));
    },
  ],
];
