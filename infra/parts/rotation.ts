import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { SecretsmanagerSecretRotation } from '@cdktf/provider-aws/lib/secretsmanager-secret-rotation/index.js';
import type { Estate } from '../stack.ts';
import type { Network } from '../stacks/network.ts';
import type { GroupName } from '../traffic.ts';
import type { ITerraformDependable, TerraformStack } from '../terraform.ts';
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

/** Four steps of a few calls; a server that does not answer is said to be so after five seconds. */
const timeout = 60;

/** Whose passwords are changed, by which program, and from where. */
export interface Rotation {
  /** The function is called so, with `-rotation` behind it. */
  readonly name: string;
  /** As the function's description and its role say it. */
  readonly whose: string;
  readonly logGroup: string;
  readonly group: GroupName;
  readonly network: Network;
  readonly keyArn: string;
  readonly administrator: GeneratedSecret;
  readonly services: GeneratedSecret;
  /** The program's module, the packages that it needs, and what it is told besides its two secrets. */
  readonly entry: string;
  readonly packages: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What must answer before the first rotation, which the apply begins. */
  readonly after: readonly ITerraformDependable[];
}

/** Both secrets of a broker or a database, rotated by a function of ours inside the VPC (docs/decisions/0060). */
export function rotation(stack: TerraformStack, estate: Estate, rotated: Rotation): void {
  const { name, whose, network, administrator, services, keyArn } = rotated;
  const logs = logGroup(stack, 'rotation-logs', { name: rotated.logGroup, keyArn: network.logsKeyArn });
  const serviceRole = role(stack, 'rotation-role', {
    name: `${name}-rotation`,
    why: `changes the passwords of ${whose}`,
    trust: trustService('lambda.amazonaws.com', estate.configuration.account),
    statements: rotationPermissions(estate, {
      function: `${name}-rotation`,
      secretArns: [administrator.secret.arn, services.secret.arn],
      keyArn,
      logsArn: logs.arn,
    }),
  });
  const made = rotationFunction(stack, estate, { ...rotated, serviceRole, logs: logs.name });
  const permission = new LambdaPermission(stack, 'rotation-by-secrets-manager', {
    statementId: 'RotateOurSecrets',
    action: 'lambda:InvokeFunction',
    functionName: made.functionName,
    principal: 'secretsmanager.amazonaws.com',
    sourceAccount: estate.configuration.account,
  });
  for (const [id, { secret, version }] of Object.entries({ administrator, services })) {
    new SecretsmanagerSecretRotation(stack, `${id}-rotation`, {
      secretId: secret.id,
      rotationLambdaArn: made.arn,
      rotateImmediately: true,
      rotationRules: { automaticallyAfterDays },
      dependsOn: [permission, version, ...rotated.after],
    });
  }
}

interface RotationFunction extends Rotation {
  readonly serviceRole: Role;
  readonly logs: string;
}

function rotationFunction(
  stack: TerraformStack,
  estate: Estate,
  { name, whose, network, group, keyArn, serviceRole, logs, ...program }: RotationFunction,
): LambdaFunction {
  const code = packageFunction(program.entry, program.packages);
  const folder = join(estate.app.outdir, 'stacks', stack.node.id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rotation.zip'), code);
  return new LambdaFunction(stack, 'rotation', {
    functionName: `${name}-rotation`,
    description: `changes the passwords of ${whose}`,
    role: serviceRole.arn,
    filename: 'rotation.zip',
    sourceCodeHash: createHash('sha256').update(code).digest('base64'),
    handler: program.entry.replace(/\.ts$/, '.handler'),
    runtime,
    architectures: ['arm64'],
    memorySize: 256,
    timeout,
    kmsKeyArn: keyArn,
    environment: {
      variables: {
        ADMINISTRATOR_SECRET: program.administrator.secret.arn,
        SERVICES_SECRET: program.services.secret.arn,
        ...program.environment,
      },
    },
    vpcConfig: {
      subnetIds: [...network.subnets.intra],
      securityGroupIds: [network.groups[group]],
    },
    loggingConfig: { logFormat: 'JSON', logGroup: logs },
    dependsOn: [...serviceRole.permissions],
  });
}
