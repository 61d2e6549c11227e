import type { Estate } from '../stack.ts';
import type { Statement } from './policy-document.ts';

interface Reach {
  /** The function's own name. */
  readonly function: string;
  readonly secretArns: readonly string[];
  readonly keyArn: string;
  readonly logsArn: string;
}

/** Lambda's way into a VPC. Source: AWS Lambda Developer Guide, "Attaching functions to a VPC". */
const interfaces = {
  look: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'],
  make: [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:UnassignPrivateIpAddresses',
  ],
} as const;

/** What the rotation of a broker's passwords may touch: its two secrets, their key, its own log. */
export function rotationPermissions(
  { configuration: { region, account } }: Estate,
  { function: name, secretArns, keyArn, logsArn }: Reach,
): Statement[] {
  return [
    {
      sid: 'RotateOwnSecrets',
      actions: [
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      resources: secretArns,
    },
    { sid: 'OpenOwnSecrets', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [keyArn] },
    { sid: 'WriteLogs', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logsArn}:*`] },
    {
      sid: 'LookAtInterfaces',
      actions: interfaces.look,
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': region } },
    },
    // Lambda asks whether the role may do this to any object of the account: a narrower one is not taken.
    {
      sid: 'InterfacesInTheVpc',
      actions: interfaces.make,
      resources: [`arn:aws:ec2:${region}:${account}:*/*`],
    },
    {
      // They are for Lambda, which makes the interfaces by this role, and not for the code that runs in the function.
      sid: 'NotFromTheCodeItself',
      effect: 'Deny',
      actions: [...interfaces.look, ...interfaces.make],
      resources: ['*'],
      conditions: {
        ArnEquals: { 'lambda:SourceFunctionArn': `arn:aws:lambda:${region}:${account}:function:${name}` },
      },
    },
  ];
}
