import { json, type AwsAnswer, type AwsRequest } from './aws-request.ts';

/** A fault of AWS, for every call it matches; `times` limits it to the first so many. */
export interface Fault {
  readonly kind: keyof typeof answers | keyof typeof slow | 'answer lost' | 'eventual consistency';
  /** Which calls it befalls. */
  readonly befalls: (call: AwsRequest) => boolean;
  times?: number;
}

/** How AWS says each of them; clients repeat the first three and give up on the others at once. */
const answers = {
  throttling: { status: 429, code: 'ThrottlingException', message: 'Rate exceeded' },
  'server error': { status: 503, code: 'ServiceUnavailable', message: 'Please try again' },
  'control plane down': { status: 503, code: 'ServiceUnavailable', message: 'The control plane is down' },
  'write conflict': {
    status: 409,
    code: 'ConditionalRequestConflict',
    message: 'somebody else writes at this moment',
  },
  'dependency violation': {
    status: 400,
    code: 'DependencyViolation',
    message: 'resource has a dependent object',
  },
} as const;

/** How AWS says of an object that was just made that it is not there: each service has words of its own. */
const notThereYet: Readonly<Record<string, { readonly status: number; readonly code: string }>> = {
  'ec2 DescribeRouteTables': { status: 400, code: 'InvalidRouteTableID.NotFound' },
  'ec2 DescribeSecurityGroups': { status: 400, code: 'InvalidGroup.NotFound' },
  'ec2 DescribeSubnets': { status: 400, code: 'InvalidSubnetID.NotFound' },
  'ec2 DescribeVpcs': { status: 400, code: 'InvalidVpcID.NotFound' },
  'iam GetRole': { status: 404, code: 'NoSuchEntity' },
};

/** The fault's answer to a call; undefined when it does not befall it (any more). */
export function faultAnswer(fault: Fault, call: AwsRequest): AwsAnswer | undefined {
  const { kind } = fault;
  if (kind === 'answer lost' || !strikes(fault, call)) return undefined;
  if (kind === 'change pending' || kind === 'replica not ready') return slow[kind](call);
  const error =
    kind === 'eventual consistency' ? notThereYet[`${call.service} ${call.operation}`] : answers[kind];
  if (error === undefined) return undefined;
  return { status: error.status, ...inProtocol(call, { message: 'it is not there yet', ...error }) };
}

/** True when the call is done and nobody hears of it. */
export function losesAnswer(fault: Fault, call: AwsRequest): boolean {
  return fault.kind === 'answer lost' && strikes(fault, call);
}

function strikes(fault: Fault, call: AwsRequest): boolean {
  if (fault.times === 0 || !fault.befalls(call)) return false;
  if (fault.times !== undefined) fault.times -= 1;
  return true;
}

/** What AWS has taken and not finished yet. */
const slow = {
  'change pending': pendingChange,
  'replica not ready': () => json({ FileSystems: [{ LifeCycleState: 'updating' }] }),
} as const;

/** Route 53 has taken a change, and not every name server has it. */
function pendingChange({ path }: AwsRequest): AwsAnswer {
  const info = `<Id>/change/${path.split('/').at(-1)}</Id><Status>PENDING</Status><SubmittedAt>2026-11-22T05:00:00Z</SubmittedAt>`;
  const namespace = 'https://route53.amazonaws.com/doc/2013-04-01/';
  const body = `<GetChangeResponse xmlns="${namespace}"><ChangeInfo>${info}</ChangeInfo></GetChangeResponse>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

/** Errors of the query and XML protocols are XML, all others JSON. */
function inProtocol(call: AwsRequest, { code, message }: { code: string; message: string }) {
  if (
    ['ec2', 's3', 'iam', 'sts', 'route53', 'rds', 'elasticache', 'elasticloadbalancing'].includes(
      call.service,
    )
  ) {
    const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    const body =
      call.service === 'ec2'
        ? `<Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>`
        : call.service === 's3'
          ? error
          : `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`;
    return { headers: { 'content-type': 'text/xml' }, body };
  }
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code };
  return { headers, body: JSON.stringify({ __type: code, message }) };
}
