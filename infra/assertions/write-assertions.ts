import type { Configuration } from '../configuration.ts';
import type { SynthesizedStack } from '../testing/synthesized.ts';
import { lawsOfClusters } from './laws-of-clusters.ts';
import { lawsOfPapers } from './laws-of-papers.ts';
import { stackLaws } from './laws-of-stacks.ts';

/** Laws of types: a new resource of a type is held to them without anybody thinking of it. */
const typeLaws = [...lawsOfClusters, ...lawsOfPapers];

/** One thing that Terraform is asked about a plan. */
export interface Assertion {
  readonly says: string;
  /** The resource it is about; none for a law of a whole stack. */
  readonly address?: string;
  readonly holds: string;
}

/** Every assertion about a stack. */
export function assertionsOf(name: string, { resource }: SynthesizedStack): Assertion[] {
  const ofTypes = typeLaws.flatMap(({ type, says, holds, except = {} }) =>
    Object.keys(resource[type] ?? {})
      .filter(id => !(id in except))
      .map(id => ({ says, address: `${type}.${id}`, holds: holds(`${type}.${id}`) })),
  );
  return [...ofTypes, ...stackLaws.filter(({ stack }) => stack === name)];
}

/**
 * A test file for `terraform test`: a mocked provider whose ARNs and ids look real, made-up answers for what other
 * stacks would give, and one run that plans and asserts.
 */
export function writeAssertions(name: string, stack: SynthesizedStack, configuration: Configuration): string {
  const asserts = assertionsOf(name, stack).map(
    ({ says, address, holds }) =>
      `  assert {\n    condition     = ${holds}\n    error_message = ${JSON.stringify(`${address ?? name}: ${says}`)}\n  }`,
  );
  return [
    mockProvider(stack, configuration),
    mockProvider(stack, configuration, 'replica'),
    ...ownIds(stack, configuration),
    ...remoteStates(stack),
    `run "holds" {\n  command = plan\n${asserts.join('\n')}\n}`,
  ].join('\n\n');
}

/** What else of a mocked resource another one cannot do without. */
const others: Readonly<Record<string, string>> = {
  aws_eks_cluster: ', certificate_authority = [{ data = "mocked" }]',
  aws_acm_certificate:
    ', domain_validation_options = [{ domain_name = "d", resource_record_name = "n", resource_record_type = "CNAME", resource_record_value = "v" }]',
};

/** Two of a kind that must not be taken for each other have ids of their own. */
function ownIds({ resource }: SynthesizedStack, configuration: Configuration): string[] {
  return ['aws_route53_health_check', 'aws_efs_file_system'].flatMap(type =>
    Object.keys(resource[type] ?? {}).map(
      id =>
        `override_resource {\n  target          = ${type}.${id}\n  override_during = plan\n  values          = { id = ${JSON.stringify(id)}, arn = ${JSON.stringify(arnOf(type, configuration))} }\n}`,
    ),
  );
}

/** The provider checks the form of an ARN that another resource takes: it is made up in the right one. */
function arnOf(type: string, { account, region }: Configuration): string {
  const service = type.split('_')[1] ?? '';
  const resource = type === 'aws_kms_key' ? 'key/mocked' : `mocked/${type}`;
  return type.startsWith('aws_iam_')
    ? `arn:aws:iam::${account}:role/mocked`
    : `arn:aws:${service}:${region}:${account}:${resource}`;
}

/**
 * The stack without its ephemeral values, which mocked providers do not know (Terraform 1.11); what is handed to
 * write-only arguments cannot be asserted about in any case.
 */
export function withoutEphemerals(text: string): string {
  const { ephemeral, ...stack } = JSON.parse(text) as Record<string, unknown>;
  if (ephemeral === undefined) return text;
  return JSON.stringify(stack, (_key, value: unknown) =>
    typeof value === 'string' && value.includes('${') && value.includes('ephemeral.') ? 'unknown' : value,
  );
}

/** Types whose ARN another resource takes have one. */
function mockProvider(stack: SynthesizedStack, configuration: Configuration, alias?: string): string {
  const read = JSON.stringify(stack.resource).matchAll(/\$\{(aws_\w+)\.[\w-]+\.arn\}/g);
  const types = [...new Set([...read].map(([, type = '']) => type))].map(
    type =>
      `  mock_resource ${JSON.stringify(type)} {\n    defaults = { arn = ${JSON.stringify(arnOf(type, configuration))}${others[type] ?? ''} }\n  }`,
  );
  const named = alias === undefined ? '' : `  alias           = ${JSON.stringify(alias)}\n`;
  return `mock_provider "aws" {\n${named}  override_during = plan\n${types.join('\n')}\n}`;
}

/** What other stacks would give, as far as this one reads it. */
function remoteStates(stack: SynthesizedStack): string[] {
  const text = JSON.stringify(stack);
  return Object.keys(stack.data['terraform_remote_state'] ?? {}).map(id => {
    const reads = new RegExp(`data\\.terraform_remote_state\\.${id}\\.outputs\\.([\\w-]+)`, 'g');
    const outputs = [...new Set([...text.matchAll(reads)].map(([, output = '']) => output))];
    const values = outputs.map(
      output => `      ${JSON.stringify(output)} = ${JSON.stringify(madeUp(output))}`,
    );
    return `override_data {\n  target = data.terraform_remote_state.${id}\n  values = {\n    outputs = {\n${values.join('\n')}\n    }\n  }\n}`;
  });
}

function madeUp(output: string): string {
  return output.endsWith('arn')
    ? 'arn:aws:kms:eu-central-1:123456789012:key/mocked'
    : `made-up-${output.slice(-20)}`;
}
