import { randomBytes } from 'node:crypto';
import { env } from 'node:process';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { managementApi } from './management-api.ts';
import { rotateSecret, type RotatedServer, type RotationStep } from './rotate-secret.ts';
import { secretsManager } from './secrets-manager.ts';

/** Each of a call's attempts, and how many of them: four steps of a few calls must fit into the function's minute. */
const patience = { maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000 } };

const broker: RotatedServer = {
  kind: 'broker',
  administratorSecret: env['ADMINISTRATOR_SECRET'] ?? '',
  servicesSecret: env['SERVICES_SECRET'] ?? '',
  secrets: secretsManager(new SecretsManagerClient(patience)),
  users: managementApi(env['BROKER_CONSOLE'] ?? ''),
  newPassword: () => randomBytes(30).toString('base64url'),
};

/** What Secrets Manager calls, in AWS Lambda. */
export const handler = (step: RotationStep): Promise<void> => rotateSecret(step, broker);
