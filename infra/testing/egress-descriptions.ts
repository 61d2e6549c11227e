import type { AwsAnswer, AwsRequest } from './aws-request.ts';
import { withBody } from './corrected-answers.ts';

const ruleId = /<securityGroupRuleId>(sgr-[0-9a-f]+)<\/securityGroupRuleId>/;

/** Why a rule out of a group is there: moto keeps it for rules into groups only. */
export class EgressDescriptions {
  readonly #byRule = new Map<string, string>();

  /** The answer with the description in it. */
  correct(call: AwsRequest, answer: AwsAnswer): AwsAnswer {
    if (call.service !== 'ec2' || answer.status >= 300) return answer;
    const text = answer.body.toString();
    if (call.operation === 'AuthorizeSecurityGroupEgress') this.#learn(call, text);
    if (call.operation !== 'DescribeSecurityGroupRules') return answer;
    return withBody(
      answer,
      text.replace(/<item>(?:(?!<item>)[\s\S])*?<\/item>/g, item => this.#described(item)),
    );
  }

  #learn({ body }: AwsRequest, text: string): void {
    const why = [...new URLSearchParams(body.toString())].find(([name]) =>
      name.endsWith('.Description'),
    )?.[1];
    const id = ruleId.exec(text)?.[1];
    if (why !== undefined && id !== undefined) this.#byRule.set(id, why);
  }

  #described(item: string): string {
    const why = this.#byRule.get(ruleId.exec(item)?.[1] ?? '');
    if (why === undefined) return item;
    const bare = item.replace(/<description>[^<]*<\/description>|<description\s*\/>/, '');
    return bare.replace('</securityGroupRuleId>', `</securityGroupRuleId><description>${why}</description>`);
  }
}
