import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import { linkEncryption, linkKeyBytes } from '../../domain/link-key-set.ts';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';

/**
 * The keys of links, in the form that services read (domain/link-key-set.ts): both clusters mint and open with the same.
 * The first is made by AWS while Terraform runs, of letters and digits, and never enters a state or a plan; Terraform
 * writes it once and leaves alone what a rotation puts in its place. Gives the secret's ARN.
 */
export function linkKeys(
  stack: TerraformStack,
  { names, settings }: Estate,
  { keyArn }: { keyArn: string },
): string {
  stack.addOverride('ephemeral.aws_secretsmanager_random_password.links', {
    password_length: linkKeyBytes,
    exclude_punctuation: true,
  });
  const secret = new SecretsmanagerSecret(stack, 'links', {
    name: names.shared('links'),
    description: 'keys of the links that open documents',
    kmsKeyId: keyArn,
    recoveryWindowInDays: settings.guarded ? 30 : 0,
  });
  const random = 'base64encode(ephemeral.aws_secretsmanager_random_password.links.random_password)';
  new SecretsmanagerSecretVersion(stack, 'first-links', {
    secretId: secret.id,
    // Letters and digits give neither of the two characters in which base64url differs; only its end does.
    secretStringWo: `\${jsonencode({ keys = [{ kty = "oct", alg = "${linkEncryption.enc}", use = "enc", kid = "first", k = trimsuffix(${random}, "=") }] })}`,
    secretStringWoVersion: 1,
  });
  return secret.arn;
}
