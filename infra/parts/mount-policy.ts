import { policyDocument, type Statement } from './policy-document.ts';

const write = ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'] as const;

/** Who mounts a file system, and through which access points. */
export interface Mounting {
  readonly driverRoleArn: string;
  readonly accessPointArns: readonly string[];
}

interface Place {
  readonly fileSystemArn: string;
  readonly account: string;
  /** Nobody, as long as it is only a replica. */
  readonly mounting?: Mounting | undefined;
}

/** Only the driver, only through an access point, only over TLS; whoever has no identity of ours is denied. */
export function mountPolicy({ fileSystemArn, account, mounting }: Place): string {
  const resources = [fileSystemArn];
  const denied = {
    effect: 'Deny',
    actions: [...write, 'elasticfilesystem:ClientRootAccess'],
    resources,
    principals: { AWS: '*' },
  } as const;
  return policyDocument([
    ...(mounting === undefined ? [] : [throughAccessPoints(mounting, resources)]),
    { ...denied, sid: 'OverTlsOnly', conditions: { Bool: { 'aws:SecureTransport': 'false' } } },
    {
      ...denied,
      sid: 'NobodyWithoutOurIdentity',
      conditions: { StringNotEquals: { 'aws:PrincipalAccount': account } },
    },
  ]);
}

function throughAccessPoints({ driverRoleArn, accessPointArns }: Mounting, resources: string[]): Statement {
  return {
    sid: 'DriverThroughAccessPoints',
    actions: write,
    resources,
    principals: { AWS: driverRoleArn },
    conditions: {
      Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' },
      StringEquals: { 'elasticfilesystem:AccessPointArn': accessPointArns },
    },
  };
}
