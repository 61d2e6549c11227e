import type { AwsAnswer, AwsRequest } from './aws-request.ts';
import { withBody } from './corrected-answers.ts';

const itself =
  /<item>\s*<resourceType>launch-template<\/resourceType>(?:(?!<resourceType>)[\s\S])*?<\/tagSet>\s*<\/item>/g;

/** A launch template's versions without the template's own tags, which moto takes for tags of what it launches. */
export function withoutItsOwnTags(call: AwsRequest, answer: AwsAnswer): AwsAnswer {
  if (call.service !== 'ec2' || call.operation !== 'DescribeLaunchTemplateVersions') return answer;
  return withBody(answer, answer.body.toString().replace(itself, ''));
}
