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
  /** The construct's name; its first value is `first-<id>`. */
  readonly id: string;
  readonly username: string;
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
  { id, username, name, why, keyArn }: SecretDescription,
): GeneratedSecret {
  stack.addOverride(`ephemeral.aws_secretsmanager_random_password.${id}`, {
    password_length: 40,
    exclude_punctuation: true,
  });
  const secret = new SecretsmanagerSecret(stack, id, {
    name,
    description: why,
    kmsKeyId: keyArn,
    recoveryWindowInDays: settings.guarded ? 30 : 0,
  });
  const password = `ephemeral.aws_secretsmanager_random_password.${id}.random_password`;
  const version = new SecretsmanagerSecretVersion(stack, `first-${id}`, {
    secretId: secret.id,
    secretStringWo: `\${jsonencode({ username = "${username}", password = ${password} })}`,
    secretStringWoVersion: 1,
  });
  return { secret, username, version };
}
