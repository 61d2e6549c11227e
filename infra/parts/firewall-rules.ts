import { Wafv2WebAclLoggingConfiguration } from '@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration/index.js';
import { Wafv2WebAcl, type Wafv2WebAclRule } from '@cdktf/provider-aws/lib/wafv2-web-acl/index.js';
import type { Estate } from '../stack.ts';
import type { TerraformStack } from '../terraform.ts';
import { logGroup } from './log-group.ts';

/**
 * Requests per address in five minutes. A mobile carrier puts thousands of drivers behind one address, so this only
 * stops floods; the limit per user is Kong's.
 */
const perAddress = 10_000;

/**
 * AWS's rule groups in their order. They read a body as a form; ours are papers, whose bytes may spell anything: rules
 * about bodies only count, or a paper would be refused for ever for what it looks like.
 * Source: AWS WAF Developer Guide, "Baseline rule groups".
 */
const groups: readonly { readonly name: string; readonly countOnly?: readonly string[] }[] = [
  { name: 'AWSManagedRulesAmazonIpReputationList' },
  {
    name: 'AWSManagedRulesKnownBadInputsRuleSet',
    countOnly: ['JavaDeserializationRCE_BODY', 'Log4JRCE_BODY', 'ReactJSRCE_BODY'],
  },
  {
    name: 'AWSManagedRulesCommonRuleSet',
    countOnly: [
      'SizeRestrictions_BODY',
      'EC2MetaDataSSRF_BODY',
      'GenericLFI_BODY',
      'GenericRFI_BODY',
      'CrossSiteScripting_BODY',
    ],
  },
];

/** The firewall's rules, one set for both clusters; gives their ARN. */
export function firewallRules(stack: TerraformStack, { names }: Estate, logsKeyArn: string): string {
  const acl = new Wafv2WebAcl(stack, 'firewall-rules', {
    name: names.shared('front'),
    description: 'what reaches a front door of the pair',
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    rule: [...groups.map(managedRule), floodRule(groups.length)],
    visibilityConfig: visible('front'),
  });
  // The prefix is AWS's: WAF writes to no other group.
  const group = logGroup(stack, 'firewall-logs', {
    name: `aws-waf-logs-${names.estate}`,
    keyArn: logsKeyArn,
  });
  new Wafv2WebAclLoggingConfiguration(stack, 'firewall-logging', {
    resourceArn: acl.arn,
    logDestinationConfigs: [group.arn],
    // Tokens are secrets, in whichever header or link they come.
    redactedFields: [{ singleHeader: { name: 'authorization' } }, { uriPath: {} }],
  });
  return acl.arn;
}

function managedRule({ name, countOnly = [] }: (typeof groups)[number], priority: number): Wafv2WebAclRule {
  const ruleActionOverride = countOnly.map(rule => ({ name: rule, action_to_use: { count: {} } }));
  const overrides = ruleActionOverride.length > 0 ? { rule_action_override: ruleActionOverride } : {};
  return {
    name,
    priority,
    overrideAction: { none: {} },
    statement: { managed_rule_group_statement: { name, vendor_name: 'AWS', ...overrides } },
    visibilityConfig: visible(name),
  };
}

function floodRule(priority: number): Wafv2WebAclRule {
  return {
    name: 'floods',
    priority,
    action: { block: {} },
    statement: { rate_based_statement: { aggregate_key_type: 'IP', limit: perAddress } },
    visibilityConfig: visible('floods'),
  };
}

function visible(metricName: string) {
  return { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}
