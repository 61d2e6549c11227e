import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resourcesOf, synthesized } from '../testing/synthesized.ts';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Condition: unknown;
}

describe('privateBucket', () => {
  it('denies everything to everybody without TLS, of the bucket and of all in it', async () => {
    const policies = resourcesOf(await synthesized(), 'aws_s3_bucket_policy');
    assert.equal(policies.length, 3);
    for (const { name, block } of policies) {
      const { Statement } = JSON.parse(String(block['policy'])) as { Statement: Statement[] };
      const arn = `\${aws_s3_bucket.${name.replace(/-policy$/, '')}.arn}`;
      assert.deepEqual(Statement[0], {
        Sid: 'OverTlsOnly',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: ['s3:*'],
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    }
  });

  it('takes the record only from writes that say what they replace', async () => {
    const [policy] = resourcesOf(await synthesized(), 'aws_s3_bucket_policy').filter(
      ({ name }) => name === 'record-bucket-policy',
    );
    const { Statement } = JSON.parse(String(policy?.block['policy'])) as { Statement: Statement[] };
    const unconditional = Statement.find(({ Sid }) => Sid === 'ConditionalWritesOnly');
    assert.deepEqual([unconditional?.Effect, unconditional?.Action], ['Deny', ['s3:PutObject']]);
    assert.deepEqual(unconditional?.Condition, {
      Null: { 's3:if-match': 'true', 's3:if-none-match': 'true' },
    });
  });
});
