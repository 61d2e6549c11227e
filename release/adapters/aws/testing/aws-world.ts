import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { startAwsStandIn, type AwsStandIn } from '../../../../infra/testing/aws-stand-in.ts';
import { startMoto } from '../../../../infra/testing/start-moto.ts';
import type { AwsAccess } from '../aws-access.ts';

/** A stand-in for AWS, and how our adapters reach it. */
export interface AwsWorld {
  readonly aws: AwsStandIn;
  readonly access: AwsAccess;
  stop(): Promise<void>;
}

/** Starts moto behind our front: an account with nothing in it. */
export async function openAwsWorld(env: NodeJS.ProcessEnv): Promise<AwsWorld> {
  const moto = await startMoto(env);
  const aws = await startAwsStandIn(moto.url);
  const stop = async () => {
    await aws.stop();
    await moto.stop();
  };
  return { aws, access: accessTo(aws.url), stop };
}

/**
 * A bucket for a record, with a name of its own. What tests put into AWS they put there without our deadlines: moto's
 * first answer of each service takes seconds.
 */
export async function makeBucket(access: AwsAccess, bucket: string): Promise<string> {
  const client = new S3Client(access);
  const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
  await client.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
  client.destroy();
  return bucket;
}

/** AWS at an address where connections are taken and never answered. */
export async function silentAws(context: TestContext): Promise<AwsAccess> {
  const server = createServer(() => {});
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  context.after(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return accessTo(`http://127.0.0.1:${port}`);
}

function accessTo(endpoint: string): AwsAccess {
  const credentials = { accessKeyId: 'stand-in', secretAccessKey: 'stand-in' };
  return { region: 'eu-central-1', endpoint, credentials };
}
