import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resourcesOf, synthesized } from '../testing/synthesized.ts';

interface Rule {
  readonly override_action?: { readonly none?: object };
  readonly statement: {
    readonly managed_rule_group_statement?: {
      readonly name: string;
      readonly rule_action_override?: readonly { readonly name: string; readonly action_to_use: unknown }[];
    };
  };
}

/** AWS' rules that look at a body. Source: AWS WAF Developer Guide, "Baseline rule groups", November 2026. */
const readBodies: Readonly<Record<string, readonly string[]>> = {
  AWSManagedRulesAmazonIpReputationList: [],
  AWSManagedRulesKnownBadInputsRuleSet: ['JavaDeserializationRCE_BODY', 'Log4JRCE_BODY', 'ReactJSRCE_BODY'],
  AWSManagedRulesCommonRuleSet: [
    'CrossSiteScripting_BODY',
    'EC2MetaDataSSRF_BODY',
    'GenericLFI_BODY',
    'GenericRFI_BODY',
    'SizeRestrictions_BODY',
  ],
};

describe('firewallRules', () => {
  it('refuse no paper for what its bytes spell, and block everything else that AWS knows', async () => {
    const [acl] = resourcesOf(await synthesized(), 'aws_wafv2_web_acl');
    const managed = (acl?.block['rule'] as Rule[]).filter(
      ({ statement }) => statement.managed_rule_group_statement,
    );
    const counted = managed.map(({ override_action, statement: { managed_rule_group_statement: group } }) => {
      assert.deepEqual(override_action, { none: {} }, group?.name);
      const overrides = group?.rule_action_override ?? [];
      for (const { action_to_use } of overrides) assert.deepEqual(action_to_use, { count: {} });
      return [group?.name, overrides.map(({ name }) => name).sort()];
    });
    assert.deepEqual(Object.fromEntries(counted), readBodies);
  });
});
