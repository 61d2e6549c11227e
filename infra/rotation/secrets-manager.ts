import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  UpdateSecretVersionStageCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ParityError } from '../../domain/errors.ts';
import type { Credentials, Secrets } from './ports.ts';

/** Secrets in AWS Secrets Manager, as JSON with `username` and `password`. */
export function secretsManager(client: SecretsManagerClient): Secrets {
  return {
    stages: async secret => {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secret }));
      return new Map(Object.entries(VersionIdsToStages));
    },
    read: async (secret, stage) => {
      const command = new GetSecretValueCommand({ SecretId: secret, VersionStage: stage });
      const found = await client.send(command).catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      });
      return found?.SecretString === undefined ? undefined : parseCredentials(secret, found.SecretString);
    },
    keepPending: async (secret, version, value) => {
      await client.send(
        new PutSecretValueCommand({
          SecretId: secret,
          ClientRequestToken: version,
          SecretString: JSON.stringify(value),
          VersionStages: ['AWSPENDING'],
        }),
      );
    },
    makeCurrent: async (secret, { from, to }) => {
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: secret,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: to,
          RemoveFromVersionId: from,
        }),
      );
    },
  };
}

/** The one thing that is never said in an error is what lies in there. */
function parseCredentials(secret: string, text: string): Credentials {
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && 'username' in value && 'password' in value) {
    const { username, password } = value;
    if (typeof username === 'string' && typeof password === 'string') return { username, password };
  }
  throw new ParityError('invalid_configuration', `${secret} holds no JSON with username and password.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
