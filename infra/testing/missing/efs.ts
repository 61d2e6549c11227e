import { json, jsonError } from '../aws-request.ts';
import { put, type Route } from './route.ts';

const root = '/2015-02-01/file-systems';

/** Backup policies, and taking a policy away. */
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
    'DELETE',
    new RegExp(`^${root}/([^/]+)/policy$`),
    ({ path: [id] }, kept) => {
      put(kept, `policy-gone/${id}`, {});
      return json({});
    },
  ],
  [
    'elasticfilesystem',
    'GET',
    new RegExp(`^${root}/([^/]+)/policy$`),
    ({ path: [id] }, kept) =>
      kept.has(`policy-gone/${id}`) ? jsonError(404, 'PolicyNotFound', `no policy of ${id}`) : undefined,
  ],
];
