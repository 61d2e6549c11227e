import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { KMSClient } from '@aws-sdk/client-kms';
import { kmsKeyWrapper } from './kms-key.ts';

const arn = 'arn:aws:kms:eu-central-1:123456789012:key/mrk-1';
const context = { document: 'd-1', version: '1', owner: 'anna' };

describe('kmsKeyWrapper, before a KMS that answers without what it was asked for', () => {
  const server = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    answer.end(JSON.stringify({ KeyId: arn }));
  });
  let kms: KMSClient;
  before(async () => {
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'nobody', secretAccessKey: 'nothing' };
    kms = new KMSClient({ endpoint, credentials, region: 'eu-central-1', maxAttempts: 1 });
  });
  after(() => {
    kms.destroy();
    server.close();
  });

  it('takes no empty text for a wrapped key: the row would hold a document that nobody opens', async () => {
    await assert.rejects(kmsKeyWrapper(arn, kms).wrap(Buffer.alloc(32, 7), context), {
      code: 'vault_unavailable',
      message: `KMS answered without a wrapped key for ${arn}: documents wait.`,
    });
  });

  it('takes no empty bytes for a key', async () => {
    await assert.rejects(kmsKeyWrapper(arn, kms).unwrap('mrk-1.AAAA', context), {
      code: 'vault_unavailable',
      message: `KMS answered without a key for ${arn}: documents wait.`,
    });
  });
});
