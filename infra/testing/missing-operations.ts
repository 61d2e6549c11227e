import type { AwsAnswer, AwsRequest } from './aws-request.ts';
import { backupRoutes } from './missing/backup.ts';
import { efsRoutes } from './missing/efs.ts';
import { eksRoutes } from './missing/eks.ts';
import { elastiCacheRoutes } from './missing/elasticache.ts';
import { kmsRoutes } from './missing/kms.ts';
import { account, type Fields, type Kept, type Route } from './missing/route.ts';

const routes: readonly Route[] = [
  ...eksRoutes,
  ...efsRoutes,
  ...backupRoutes,
  ...elastiCacheRoutes,
  ...kmsRoutes,
];

/** The operations that moto lacks, remembered here. Shapes are those of the AWS API references, as far as asked for. */
export class MissingOperations {
  readonly #kept: Kept = new Map();

  /** The answer to a call that moto cannot answer; undefined for all others. */
  answer(call: AwsRequest): AwsAnswer | undefined {
    for (const [service, method, pattern, handler] of routes) {
      const named = call.operation.includes('/') ? call.path : call.operation;
      const match = service === call.service && method === call.method ? pattern.exec(named) : null;
      if (match === null) continue;
      const path = match.slice(1).map(part => decodeURIComponent(part ?? ''));
      const arn = (resource: string) => `arn:aws:${service}:${call.region}:${account}:${resource}`;
      return handler({ call, body: bodyOf(call), path, arn }, this.#kept);
    }
    return undefined;
  }

  /** Objects that are kept and were not taken away again; tags and policies go with what they belong to. */
  get left(): readonly string[] {
    return [...this.#kept.keys()].filter(
      key =>
        !/^(tags|replica-tags|material|replication-group|backup-policy|policy-gone|region-settings)\//.test(
          key,
        ),
    );
  }
}

function bodyOf({ body, headers }: AwsRequest): Fields {
  if (body.length === 0) return {};
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) {
    return Object.fromEntries(new URLSearchParams(body.toString()));
  }
  return JSON.parse(body.toString()) as Fields;
}
