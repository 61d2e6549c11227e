import { randomBytes } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { rotateSecret, type RotatedServer, type RotationStep } from './rotate-secret.ts';
import { secretsManager } from './secrets-manager.ts';

/** Each of a call's attempts, and how many of them: four steps of a few calls must fit into the function's minute. */
const patience = { maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000 } };

/** What Secrets Manager calls, in AWS Lambda: one step of a rotation of the server whose two secrets `env` names. */
export function rotationHandler(
  env: Readonly<Record<string, string | undefined>>,
  { kind, users }: Pick<RotatedServer, 'kind' | 'users'>,
): (step: RotationStep) => Promise<void> {
  const server: RotatedServer = {
    ...{ kind, users },
    administratorSecret: env['ADMINISTRATOR_SECRET'] ?? '',
    servicesSecret: env['SERVICES_SECRET'] ?? '',
    secrets: secretsManager(new SecretsManagerClient(patience)),
    newPassword: () => randomBytes(30).toString('base64url'),
  };
  return step => rotateSecret(step, server);
}
