import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';

/** A user name and a password that nobody has seen. */
export interface GeneratedSecret {
  readonly secret: SecretsmanagerSecret;
  readonly username: string;
  /** The value lies in the secret once this is there. */
  readonly version: SecretsmanagerSecretVersion;
}

interface SecretDescription {
  readonly name: string;
  readonly why: string;
  readonly keyArn: string;
}

/**
 * A secret whose first password is made by AWS while Terraform runs and never enters a state or a plan: an ephemeral
 * value, handed to a write-only argument. cdktf has no construct for either, so the block is written as it stands.
 */
export function generatedSecret(
  stack: TerraformStack,
  { settings }: Estate,
  { name, why, keyArn }: SecretDescription,
): GeneratedSecret {
  const username = 'parity';
  stack.addOverride('ephemeral.aws_secretsmanager_random_password.first', {
    password_length: 40,
    exclude_punctuation: true,
  });
  const secret = new SecretsmanagerSecret(stack, 'credentials', {
    name,
    description: why,
    kmsKeyId: keyArn,
    recoveryWindowInDays: settings.guarded ? 30 : 0,
  });
  const password = 'ephemeral.aws_secretsmanager_random_password.first.random_password';
  const version = new SecretsmanagerSecretVersion(stack, 'first-credentials', {
    secretId: secret.id,
    secretStringWo: `\${jsonencode({ username = "${username}", password = ${password} })}`,
    secretStringWoVersion: 1,
  });
  return { secret, username, version };
}
