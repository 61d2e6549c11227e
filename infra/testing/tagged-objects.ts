import { z } from 'zod';

const page = z.looseObject({
  PaginationToken: z.string().nullish(),
  ResourceTagMappingList: z.array(z.looseObject({ ResourceARN: z.string() })),
});

/**
 * The ARNs of what carries an estate's tag in a region, as AWS would list it (the Resource Groups Tagging API): no state
 * of ours is asked. Left out are keys and NAT gateways, which are seen for a while after they were deleted (thirty days,
 * an hour), and ElastiCache, of which moto keeps what was deleted.
 */
export async function taggedObjects(
  motoUrl: string,
  { region, estate }: { readonly region: string; readonly estate: string },
): Promise<string[]> {
  const scope = `Credential=stand-in/20261127/${region}/tagging/aws4_request`;
  const headers = {
    authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none`,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources',
  };
  const arns: string[] = [];
  let PaginationToken = '';
  do {
    const body = JSON.stringify({ PaginationToken, TagFilters: [{ Key: 'estate', Values: [estate] }] });
    const answer = await fetch(motoUrl, { method: 'POST', headers, body });
    const said = page.parse(await answer.json());
    arns.push(...said.ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN));
    PaginationToken = said.PaginationToken ?? '';
  } while (PaginationToken !== '');
  return arns.filter(arn => !/^arn:aws:(kms|elasticache):|:natgateway\//.test(arn)).sort();
}
