import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository/index.js';
import type { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { serviceNames, type ServiceName } from '../../domain/catalogue.ts';
import { contractOutput } from '../parts/contract-output.ts';
import { encryptionKey } from '../parts/encryption-key.ts';
import { pipelineRole } from '../parts/pipeline-role.ts';
import { recordBucket } from '../parts/record-bucket.ts';
import { keeperRole } from '../parts/keeper-role.ts';
import { runner } from '../parts/runner.ts';
import { openStack, type Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';
import type { Foundation } from './foundation.ts';
import type { Network } from './network.ts';

/** What delivery stands upon. */
export interface DeliveryGround {
  readonly foundation: Foundation;
  readonly network: Network;
}

/** What the clusters take from the delivery stack. */
export interface Delivery {
  readonly runnerRoleArn: string;
  readonly keeperRoleArn: string;
}

/** How releases get here: images, the record and who keeps it, a runner inside the VPC, and the pipeline's role. */
export function deliveryStack(estate: Estate, { foundation, network }: DeliveryGround): Delivery {
  const stack = openStack(estate, 'delivery');
  const key = encryptionKey(stack, estate, {
    purpose: 'delivery',
    why: 'images, the release record, build logs',
  });
  const repositories = imageRepositories(stack, estate, key);
  const record = recordBucket(stack, estate, { keyArn: key.arn, logsTo: foundation.logsBucket });
  const { project, roleArn } = runner(stack, estate, { network, record, key });
  const pipelineRoleArn = pipelineRole(stack, estate, { runnerArn: project.arn, repositories });
  contractOutput(stack, {
    delivery: {
      recordBucket: record.bucket,
      repositories: Object.fromEntries(
        serviceNames.map(service => [service, repositories[service].repositoryUrl]),
      ) as Record<ServiceName, string>,
      runner: project.name,
      pipelineRoleArn,
    },
  });
  const keeperRoleArn = keeperRole(stack, estate, { recordArn: record.arn, keyArn: key.arn });
  return { runnerRoleArn: roleArn, keeperRoleArn };
}

/** Releases are kept long enough to go back to any of the last fifty. */
const keptImages = 50;

/** One repository per service; a tag never changes its meaning, and every image is scanned when it comes. */
function imageRepositories(
  stack: TerraformStack,
  { names, settings }: Estate,
  key: KmsKey,
): Record<ServiceName, EcrRepository> {
  const made = serviceNames.map(service => {
    const repository = new EcrRepository(stack, `images-${service}`, {
      name: `${names.estate}/${service}`,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: key.arn }],
      forceDelete: !settings.guarded,
    });
    const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: keptImages };
    const rule = { rulePriority: 1, description: 'the newest images', selection, action: { type: 'expire' } };
    new EcrLifecyclePolicy(stack, `images-${service}-lifecycle`, {
      repository: repository.name,
      policy: JSON.stringify({ rules: [rule] }),
    });
    return [service, repository] as const;
  });
  return Object.fromEntries(made) as Record<ServiceName, EcrRepository>;
}
