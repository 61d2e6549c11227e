import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mountPolicy, type Mounting } from './mount-policy.ts';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal: { readonly AWS: string };
  readonly Condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const statementsOf = (mounting?: Mounting) => {
  const policy = mountPolicy({ fileSystemArn: 'arn:fs', account: '123456789012', mounting });
  return (JSON.parse(policy) as { Statement: Statement[] }).Statement;
};

describe('mountPolicy', () => {
  it('lets the driver in, and only through the access points', () => {
    const [allowed] = statementsOf({ driverRoleArn: 'arn:driver', accessPointArns: ['arn:point'] });
    assert.deepEqual([allowed?.Effect, allowed?.Principal.AWS], ['Allow', 'arn:driver']);
    const points = allowed?.Condition['StringEquals']?.['elasticfilesystem:AccessPointArn'];
    assert.deepEqual(points, ['arn:point']);
  });

  it('lets nobody in while it is a replica', () => {
    assert.deepEqual(
      statementsOf().map(({ Sid, Effect }) => `${Effect} ${Sid}`),
      ['Deny OverTlsOnly', 'Deny NobodyWithoutOurIdentity'],
    );
  });

  it('denies everybody without TLS, and whoever has no identity in our account, be it none', () => {
    const conditions = statementsOf().map(({ Condition }) => Condition);
    // IAM takes a key that is not there for unequal: the anonymous have no account.
    assert.deepEqual(conditions, [
      { Bool: { 'aws:SecureTransport': 'false' } },
      { StringNotEquals: { 'aws:PrincipalAccount': '123456789012' } },
    ]);
  });
});
