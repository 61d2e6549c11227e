import { json, jsonError } from '../aws-request.ts';
import { account, now, put, removed, type Fields, type Route } from './route.ts';

const root = '/2015-02-01/file-systems';

/** The replica of the vault, which moto does not know. */
const replicaId = 'fs-0123456789abcdef0';

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
    ({ body, path: [id], arn, call }, kept) =>
      json(
        put(kept, `replication/${id}`, {
          SourceFileSystemId: id,
          SourceFileSystemArn: arn(`file-system/${id}`),
          OriginalSourceFileSystemArn: arn(`file-system/${id}`),
          SourceFileSystemRegion: call.region,
          SourceFileSystemOwnerId: account,
          CreationTime: now(),
          Destinations: [destination(body)],
        }),
      ),
  ],
  [
    'elasticfilesystem',
    'GET',
    new RegExp(`^${root}/replication-configurations$`),
    ({ call }, kept) => {
      const replication = kept.get(`replication/${call.query.get('FileSystemId')}`);
      return replication === undefined
        ? jsonError(404, 'ReplicationNotFound', 'there is no replication')
        : json({ Replications: [replication] });
    },
  ],
  [
    'elasticfilesystem',
    'DELETE',
    new RegExp(`^${root}/([^/]+)/replication-configuration$`),
    ({ path: [id] }, kept) => removed(kept, `replication/${id}`, () => ({})),
  ],
  // The provider deletes the replica as well, which only we know.
  ['elasticfilesystem', 'DELETE', new RegExp(`^${root}/(${replicaId})$`), () => json({}, 204)],
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
