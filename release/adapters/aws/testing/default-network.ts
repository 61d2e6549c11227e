import type { AwsAccess } from '../aws-access.ts';

/** The network that every account is born with. */
export interface DefaultNetwork {
  readonly vpcId: string;
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
}

/** Asks for it as EC2's query protocol has it: one look is no reason for another client. */
export async function defaultNetwork({ endpoint = '', region }: AwsAccess): Promise<DefaultNetwork> {
  const scope = `Credential=stand-in/20261122/${region}/ec2/aws4_request`;
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none` },
    body: new URLSearchParams({ Action: 'DescribeSubnets', Version: '2016-11-15' }),
  });
  const text = await answer.text();
  const all = (tag: string) =>
    [...text.matchAll(new RegExp(`<${tag}>([^<]+)</${tag}>`, 'g'))].map(([, it]) => it ?? '');
  const zones = all('availabilityZone');
  return {
    vpcId: all('vpcId')[0] ?? '',
    subnets: all('subnetId').map((id, at) => ({ id, zone: zones[at] ?? '' })),
  };
}
