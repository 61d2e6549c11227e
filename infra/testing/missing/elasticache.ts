import type { AwsAnswer } from '../aws-request.ts';
import { put, type Fields, type Route } from './route.ts';

function answer(operation: string, content: string): AwsAnswer {
  const namespace = 'http://elasticache.amazonaws.com/doc/2015-02-02/';
  const result = `<${operation}Result>${content}</${operation}Result>`;
  const body = `<${operation}Response xmlns="${namespace}">${result}<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

function notFound(): AwsAnswer {
  const error =
    '<Error><Type>Sender</Type><Code>UserGroupNotFound</Code><Message>no such group</Message></Error>';
  return {
    status: 404,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse>${error}</ErrorResponse>`,
  };
}

function group(fields: Fields, status = 'active'): string {
  return [
    `<UserGroupId>${String(fields['UserGroupId'])}</UserGroupId>`,
    `<Status>${status}</Status>`,
    `<Engine>${String(fields['Engine'])}</Engine>`,
    `<UserIds><member>${String(fields['UserIds.member.1'])}</member></UserIds>`,
    `<ARN>${String(fields['ARN'])}</ARN>`,
  ].join('');
}

/** User groups. */
export const elastiCacheRoutes: readonly Route[] = [
  [
    'elasticache',
    'POST',
    /^CreateUserGroup$/,
    ({ body, arn }, kept) => {
      const id = String(body['UserGroupId']);
      return answer(
        'CreateUserGroup',
        group(put(kept, `user-group/${id}`, { ...body, ARN: arn(`usergroup:${id}`) })),
      );
    },
  ],
  [
    'elasticache',
    'POST',
    /^DescribeUserGroups$/,
    ({ body }, kept) => {
      const found = kept.get(`user-group/${String(body['UserGroupId'])}`);
      if (found === undefined) return notFound();
      return answer('DescribeUserGroups', `<UserGroups><member>${group(found)}</member></UserGroups>`);
    },
  ],
  [
    'elasticache',
    'POST',
    /^DeleteUserGroup$/,
    ({ body }, kept) => {
      const key = `user-group/${String(body['UserGroupId'])}`;
      const found = kept.get(key);
      kept.delete(key);
      return found === undefined ? notFound() : answer('DeleteUserGroup', group(found, 'deleting'));
    },
  ],
];
