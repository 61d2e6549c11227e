import type { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository/index.js';
import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js';
import type { ServiceName } from '../../domain/catalogue.ts';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';
import { policyDocument } from './policy-document.ts';
import { role } from './role.ts';

interface Reach {
  readonly runnerArn: string;
  readonly repositories: Readonly<Record<ServiceName, EcrRepository>>;
}

const issuer = 'token.actions.githubusercontent.com';

/**
 * The role that the pipeline takes on by OIDC, from our repository's protected environment only. It pushes images and
 * starts the runner; whatever touches a cluster is the runner's to do. Gives its ARN.
 */
export function pipelineRole(
  stack: TerraformStack,
  estate: Estate,
  { runnerArn, repositories }: Reach,
): string {
  const { configuration, names } = estate;
  const provider = new IamOpenidConnectProvider(stack, 'github', {
    url: `https://${issuer}`,
    clientIdList: ['sts.amazonaws.com'],
  });
  const subject = `repo:${configuration.repository}:environment:${configuration.environment}`;
  return role(stack, 'pipeline-role', {
    name: names.shared('pipeline'),
    why: 'the pipeline: pushes images and starts the runner',
    trust: policyDocument([
      {
        sid: 'AssumeByOurWorkflows',
        actions: ['sts:AssumeRoleWithWebIdentity'],
        principals: { Federated: provider.arn },
        conditions: { StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: subject } },
      },
    ]),
    statements: [
      { sid: 'SignInToTheRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
      {
        sid: 'PushImages',
        actions: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:CompleteLayerUpload',
          'ecr:DescribeImages',
          'ecr:DescribeImageScanFindings',
          'ecr:GetDownloadUrlForLayer',
          'ecr:InitiateLayerUpload',
          'ecr:PutImage',
          'ecr:UploadLayerPart',
        ],
        resources: Object.values(repositories).map(repository => repository.arn),
      },
      {
        sid: 'StartTheRunner',
        actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
        resources: [runnerArn],
      },
    ],
  }).arn;
}
