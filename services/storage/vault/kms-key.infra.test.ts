import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CreateKeyCommand, KMSClient, ReplicateKeyCommand } from '@aws-sdk/client-kms';
import { isParityError } from '../../../domain/errors.ts';
import { startAwsStandIn, type AwsStandIn } from '../../../infra/testing/aws-stand-in.ts';
import { startMoto, type Moto } from '../../../infra/testing/start-moto.ts';
import { keyWrapperContract } from './key-wrapper.contract.ts';
import { kmsKeyWrapper } from './kms-key.ts';

const context = { document: 'd-1', version: '1', owner: 'anna' };
const documentKey = Buffer.alloc(32, 7);

describe('kmsKeyWrapper', { timeout: 120_000 }, () => {
  let moto: Moto;
  let aws: AwsStandIn;
  let here: KMSClient;
  let there: KMSClient;
  let arn: string;
  let replicaArn: string;
  const open = () => kmsKeyWrapper(arn, here);
  before(async () => {
    moto = await startMoto(process.env);
    aws = await startAwsStandIn(moto.url);
    const credentials = { accessKeyId: 'stand-in', secretAccessKey: 'stand-in' };
    const client = (region: string) =>
      new KMSClient({ endpoint: aws.url, credentials, region, maxAttempts: 1 });
    [here, there] = [client('eu-central-1'), client('eu-west-1')];
    const { KeyMetadata: made } = await here.send(new CreateKeyCommand({ MultiRegion: true }));
    arn = made?.Arn ?? '';
    await here.send(new ReplicateKeyCommand({ KeyId: made?.KeyId, ReplicaRegion: 'eu-west-1' }));
    replicaArn = arn.replace('eu-central-1', 'eu-west-1');
  });
  after(async () => {
    for (const client of [here, there]) client.destroy();
    await aws.stop();
    await moto.stop();
  });

  keyWrapperContract(open);

  it('opens in the second region what was wrapped in the first, with the first gone', async () => {
    const wrapped = await open().wrap(documentKey, context);
    const heal = aws.inject({
      kind: 'control plane down',
      befalls: ({ region }) => region === 'eu-central-1',
    });
    assert.deepEqual(await kmsKeyWrapper(replicaArn, there).unwrap(wrapped, context), documentKey);
    heal();
  });

  it('lets documents wait while KMS does not answer', async () => {
    const wrapped = await open().wrap(documentKey, context);
    const heal = aws.inject({ kind: 'control plane down', befalls: ({ service }) => service === 'kms' });
    const waits = { code: 'vault_unavailable', message: 'KMS does not wrap or unwrap: documents wait.' };
    await assert.rejects(open().unwrap(wrapped, context), waits);
    await assert.rejects(open().wrap(documentKey, context), waits);
    heal();
    assert.deepEqual(await open().unwrap(wrapped, context), documentKey);
  });

  it('names the key that it would need, and takes no alias', async () => {
    await assert.rejects(
      open().unwrap('mrk-another.AAAA', context),
      (error: unknown) =>
        isParityError(error, 'vault_unavailable') &&
        /^The key "mrk-another" is not arn:aws:kms/.test(error.message),
    );
    assert.throws(
      () => kmsKeyWrapper('arn:aws:kms:eu-central-1:123456789012:alias/documents'),
      (error: unknown) => isParityError(error, 'invalid_configuration'),
    );
  });
});
