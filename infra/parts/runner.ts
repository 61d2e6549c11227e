import { CodebuildProject } from '@cdktf/provider-aws/lib/codebuild-project/index.js';
import type { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import type { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import type { Estate } from '../stack.ts';
import type { Network } from '../stacks/network.ts';
import type { TerraformStack } from '../terraform.ts';
import { logGroup } from './log-group.ts';
import { trustService } from './policy-document.ts';
import { role } from './role.ts';
import { runnerPermissions } from './runner-permissions.ts';

interface Place {
  readonly network: Network;
  readonly record: S3Bucket;
  readonly key: KmsKey;
}

const machine = {
  type: 'LINUX_CONTAINER',
  computeType: 'BUILD_GENERAL1_SMALL',
  image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
  privilegedMode: false,
} as const;

/** The runner, and the role that its jobs have. */
export interface Runner {
  readonly project: CodebuildProject;
  readonly roleArn: string;
}

/** Where every job runs that touches a cluster: inside the VPC, for the clusters' APIs have no public end. */
export function runner(stack: TerraformStack, estate: Estate, { network, record, key }: Place): Runner {
  const { configuration, names } = estate;
  const name = names.shared('runner');
  const logs = logGroup(stack, 'runner-logs', {
    name: `/${names.estate}/runner`,
    keyArn: network.logsKeyArn,
  });
  const serviceRole = role(stack, 'runner-role', {
    name,
    why: 'jobs inside the VPC: releases, and what clusters/ installs',
    trust: trustService('codebuild.amazonaws.com', configuration.account),
    statements: runnerPermissions(estate, {
      recordArn: record.arn,
      keyArn: key.arn,
      logsArn: logs.arn,
      subnets: network.subnets.private,
    }),
  });
  const project = new CodebuildProject(stack, 'runner', {
    name,
    description: 'runs one job of the pipeline inside the VPC',
    serviceRole: serviceRole.arn,
    encryptionKey: key.arn,
    buildTimeout: 480,
    queuedTimeout: 60,
    concurrentBuildLimit: 4,
    artifacts: { type: 'NO_ARTIFACTS' },
    source: {
      type: 'GITHUB',
      location: `https://github.com/${configuration.repository}.git`,
      gitCloneDepth: 1,
      buildspec: 'release/buildspec.yml',
    },
    environment: machine,
    vpcConfig: {
      vpcId: network.vpcId,
      subnets: [...network.subnets.private],
      securityGroupIds: [network.groups.runner],
    },
    logsConfig: { cloudwatchLogs: { groupName: logs.name, status: 'ENABLED' } },
    dependsOn: [...serviceRole.permissions],
  });
  return { project, roleArn: serviceRole.arn };
}
