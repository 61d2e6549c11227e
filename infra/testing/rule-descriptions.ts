import type { AwsAnswer, AwsRequest } from './aws-request.ts';
import { withBody } from './corrected-answers.ts';

const ruleId = /<securityGroupRuleId>(sgr-[0-9a-f]+)<\/securityGroupRuleId>/;

/** Why a rule between two groups is there: moto keeps descriptions of address ranges only. */
export class RuleDescriptions {
  readonly #byRule = new Map<string, string>();

  /** The answer with the descriptions in it. */
  correct(call: AwsRequest, answer: AwsAnswer): AwsAnswer {
    if (call.service !== 'ec2' || answer.status >= 300) return answer;
    const text = answer.body.toString();
    if (/^AuthorizeSecurityGroup(In|E)gress$/.test(call.operation)) this.#learn(call, text);
    if (call.operation !== 'DescribeSecurityGroupRules') return answer;
    const described = text.replace(new RegExp(ruleId, 'g'), (whole, id: string) => {
      const why = this.#byRule.get(id);
      return why === undefined ? whole : `${whole}<description>${why}</description>`;
    });
    return withBody(answer, described);
  }

  #learn({ body }: AwsRequest, text: string): void {
    const fields = [...new URLSearchParams(body.toString())];
    const why = fields.find(([name]) => /\.(Groups|UserIdGroupPairs)\.\d+\.Description$/.test(name))?.[1];
    const id = ruleId.exec(text)?.[1];
    if (why !== undefined && id !== undefined) this.#byRule.set(id, why);
  }
}
