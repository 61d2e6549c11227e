import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import type { MqBroker } from '@cdktf/provider-aws/lib/mq-broker/index.js';
import { SecretsmanagerSecretRotation } from '@cdktf/provider-aws/lib/secretsmanager-secret-rotation/index.js';
import type { Parity } from '../../domain/parity.ts';
import type { Estate } from '../stack.ts';
import type { Network } from '../stacks/network.ts';
import type { TerraformStack } from '../terraform.ts';
import { packageFunction } from './function-package.ts';
import type { GeneratedSecret } from './generated-secret.ts';
import { logGroup } from './log-group.ts';
import { trustService } from './policy-document.ts';
import { role, type Role } from './role.ts';
import { rotationPermissions } from './rotation-permissions.ts';

/** The first rotation is made at once: then no password that was ever in a state is good for anything. */
const automaticallyAfterDays = 30;

/** The newest Node that this version of the provider lets through; the code runs on it as it stands. */
const runtime = 'nodejs22.x';

/** Four steps of a few calls; a broker that does not answer is said to be so after five seconds. */
const timeout = 60;

interface Place {
  readonly name: string;
  readonly parity: Parity;
  readonly network: Network;
  readonly key: KmsKey;
  readonly broker: MqBroker;
  readonly administrator: GeneratedSecret;
  readonly services: GeneratedSecret;
}

/** Both secrets of a broker, rotated by a function of ours inside the VPC (docs/decisions/0060). */
export function brokerRotation(stack: TerraformStack, estate: Estate, place: Place): void {
  const { name, network, administrator, services, key } = place;
  const logs = logGroup(stack, 'rotation-logs', {
    name: `/${estate.names.estate}/rotation-${place.parity}`,
    keyArn: network.logsKeyArn,
  });
  const serviceRole = role(stack, 'rotation-role', {
    name: `${name}-rotation`,
    why: `changes the passwords of the broker of ${name}`,
    trust: trustService('lambda.amazonaws.com', estate.configuration.account),
    statements: rotationPermissions(estate, {
      function: `${name}-rotation`,
      secretArns: [administrator.secret.arn, services.secret.arn],
      keyArn: key.arn,
      logsArn: logs.arn,
    }),
  });
  const rotation = rotationFunction(stack, estate, { ...place, serviceRole, logs: logs.name });
  const permission = new LambdaPermission(stack, 'rotation-by-secrets-manager', {
    statementId: 'RotateOurSecrets',
    action: 'lambda:InvokeFunction',
    functionName: rotation.functionName,
    principal: 'secretsmanager.amazonaws.com',
    sourceAccount: estate.configuration.account,
  });
  for (const [id, { secret, version }] of Object.entries({ administrator, services })) {
    new SecretsmanagerSecretRotation(stack, `${id}-rotation`, {
      secretId: secret.id,
      rotationLambdaArn: rotation.arn,
      rotateImmediately: true,
      rotationRules: { automaticallyAfterDays },
      dependsOn: [permission, version],
    });
  }
}

interface FunctionPlace extends Place {
  readonly serviceRole: Role;
  readonly logs: string;
}

function rotationFunction(
  stack: TerraformStack,
  estate: Estate,
  { name, parity, network, key, broker, administrator, services, serviceRole, logs }: FunctionPlace,
): LambdaFunction {
  const code = packageFunction('infra/rotation/main.ts');
  const folder = join(estate.app.outdir, 'stacks', stack.node.id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rotation.zip'), code);
  return new LambdaFunction(stack, 'rotation', {
    functionName: `${name}-rotation`,
    description: `changes the passwords of the broker of ${name}`,
    role: serviceRole.arn,
    filename: 'rotation.zip',
    sourceCodeHash: createHash('sha256').update(code).digest('base64'),
    handler: 'infra/rotation/main.handler',
    runtime,
    architectures: ['arm64'],
    memorySize: 256,
    timeout,
    kmsKeyArn: key.arn,
    environment: {
      variables: {
        ADMINISTRATOR_SECRET: administrator.secret.arn,
        SERVICES_SECRET: services.secret.arn,
        BROKER_CONSOLE: broker.instances.get(0).consoleUrl,
      },
    },
    vpcConfig: {
      subnetIds: [...network.subnets.intra],
      securityGroupIds: [network.groups[`rotation-${parity}`]],
    },
    loggingConfig: { logFormat: 'JSON', logGroup: logs },
    dependsOn: [...serviceRole.permissions],
  });
}
