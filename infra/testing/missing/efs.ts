import { json, jsonError, type AwsRequest } from '../aws-request.ts';
import { account, now, put, type Fields, type Kept, type Route } from './route.ts';

const root = '/2015-02-01/file-systems';

/** Which only we know: moto has no replica. */
const replicaId = 'fs-0123456789abcdef0';

/** Of one file system, or all that lead from or to this region. */
function replications(kept: Kept, { region, query }: AwsRequest): Fields[] {
  const id = query.get('FileSystemId');
  const all = [...kept].filter(([key]) => key.startsWith('replication/')).map(([, value]) => value);
  if (id !== null) return all.filter(({ SourceFileSystemId }) => SourceFileSystemId === id);
  const regions = ({ SourceFileSystemRegion: from, Destinations: to }: Fields) => [
    from,
    ...(to as Fields[]).map(({ Region }) => Region),
  ];
  return all.filter(replication => regions(replication).includes(region));
}

/** A file system in the second region, as the replica of `id`. */
function destination(body: Fields): Fields {
  const [wanted = {}] = (body['Destinations'] ?? []) as Fields[];
  return {
    Status: 'ENABLED',
    FileSystemId: replicaId,
    Region: wanted['Region'],
    LastReplicatedTimestamp: now(),
    OwnerId: account,
    ReplicationOverwriteProtection: 'ENABLED',
  };
}

/** Backup policies, replication, and taking a policy away. */
export const efsRoutes: readonly Route[] = [
  [
    'elasticfilesystem',
    'PUT',
    new RegExp(`^${root}/([^/]+)/backup-policy$`),
    ({ body, path: [id] }, kept) =>
      json(put(kept, `backup-policy/${id}`, { BackupPolicy: body['BackupPolicy'] })),
  ],
  [
    'elasticfilesystem',
    'GET',
    new RegExp(`^${root}/([^/]+)/backup-policy$`),
    ({ path: [id] }, kept) => {
      const policy = kept.get(`backup-policy/${id}`);
      return policy === undefined ? jsonError(404, 'PolicyNotFound', `no policy of ${id}`) : json(policy);
    },
  ],
  [
    'elasticfilesystem',
    'POST',
    new RegExp(`^${root}/([^/]+)/replication-configuration$`),
    ({ body, path: [id], arn, call }, kept) => {
      put(kept, `replica/${replicaId}`, { FileSystemId: replicaId, LifeCycleState: 'available' });
      return json(
        put(kept, `replication/${id}`, {
          SourceFileSystemId: id,
          SourceFileSystemArn: arn(`file-system/${id}`),
          OriginalSourceFileSystemArn: arn(`file-system/${id}`),
          SourceFileSystemRegion: call.region,
          SourceFileSystemOwnerId: account,
          CreationTime: now(),
          Destinations: [destination(body)],
        }),
      );
    },
  ],
  [
    'elasticfilesystem',
    'GET',
    new RegExp(`^${root}/replication-configurations$`),
    ({ call }, kept) => {
      const found = replications(kept, call);
      if (found.length > 0 || !call.query.has('FileSystemId')) return json({ Replications: found });
      return jsonError(404, 'ReplicationNotFound', 'there is no replication');
    },
  ],
  [
    'elasticfilesystem',
    'DELETE',
    new RegExp(`^${root}/([^/]+)/replication-configuration$`),
    ({ path: [id] }, kept) =>
      kept.delete(`replication/${id}`)
        ? json({})
        : jsonError(404, 'ReplicationNotFound', 'there is no replication'),
  ],
  [
    'elasticfilesystem',
    'GET',
    new RegExp(`^${root}$`),
    ({ call }, kept) => {
      const replica = kept.get(`replica/${call.query.get('FileSystemId')}`);
      return replica === undefined ? undefined : json({ FileSystems: [replica] });
    },
  ],
  [
    'elasticfilesystem',
    'DELETE',
    new RegExp(`^${root}/(${replicaId})$`),
    (_, kept) => {
      kept.delete(`replica/${replicaId}`);
      return json({}, 204);
    },
  ],
  [
    'elasticfilesystem',
    'DELETE',
    new RegExp(`^${root}/([^/]+)/policy$`),
    ({ path: [id] }, kept) => {
      kept.delete(`replica-policy/${id}`);
      put(kept, `policy-gone/${id}`, {});
      return json({});
    },
  ],
  [
    'elasticfilesystem',
    'GET',
    new RegExp(`^${root}/([^/]+)/policy$`),
    ({ path: [id] }, kept) => {
      if (kept.has(`policy-gone/${id}`)) return jsonError(404, 'PolicyNotFound', `no policy of ${id}`);
      const ofReplica = kept.get(`replica-policy/${id}`);
      return ofReplica === undefined ? undefined : json(ofReplica);
    },
  ],
  [
    'elasticfilesystem',
    'PUT',
    new RegExp(`^${root}/(${replicaId})/policy$`),
    ({ body, path: [id] }, kept) =>
      json(put(kept, `replica-policy/${id}`, { FileSystemId: id, Policy: body['Policy'] })),
  ],
];
