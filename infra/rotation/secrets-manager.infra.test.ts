import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  CreateSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { isParityError } from '../../domain/errors.ts';
import { startAwsStandIn, type AwsStandIn } from '../testing/aws-stand-in.ts';
import { startMoto, type Moto } from '../testing/start-moto.ts';
import { secretsContract } from './secrets.contract.ts';
import { secretsManager } from './secrets-manager.ts';

describe('secrets in Secrets Manager', { timeout: 120_000 }, () => {
  let moto: Moto;
  let aws: AwsStandIn;
  let client: SecretsManagerClient;
  before(async () => {
    moto = await startMoto(process.env);
    aws = await startAwsStandIn(moto.url);
    const credentials = { accessKeyId: 'stand-in', secretAccessKey: 'stand-in' };
    client = new SecretsManagerClient({ endpoint: aws.url, region: 'eu-central-1', credentials });
  });
  after(async () => {
    client.destroy();
    await aws.stop();
    await moto.stop();
  });
  const make = async (value: string) => {
    const made = await client.send(new CreateSecretCommand({ Name: randomUUID(), SecretString: value }));
    return made.ARN ?? '';
  };

  secretsContract(() => ({
    secrets: secretsManager(client),
    make: value => make(JSON.stringify(value)),
    begin: async (secret, version) =>
      void (await client.send(
        new RotateSecretCommand({
          SecretId: secret,
          ClientRequestToken: version,
          RotationLambdaARN: 'arn:aws:lambda:eu-central-1:123456789012:function:rotation',
          RotationRules: { AutomaticallyAfterDays: 30 },
        }),
      )),
  }));

  it('do not say what lies in there when it is not understood', async () => {
    for (const value of ['hunter2', '{"password":"hunter2"}', 'null']) {
      const secret = await make(value);
      await assert.rejects(secretsManager(client).read(secret, 'AWSCURRENT'), (error: unknown) => {
        assert.ok(isParityError(error, 'invalid_configuration'));
        assert.match(error.message, /holds no JSON with username and password/);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      });
    }
  });
});
