/** One statement of a policy, with the words that IAM uses. */
export interface Statement {
  /** Says what it is for: `ReadTheRecord`. */
  readonly sid: string;
  readonly effect?: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources?: readonly string[];
  readonly principals?: Principals;
  readonly conditions?: Conditions;
}

type Principals = { readonly [kind in 'AWS' | 'Service' | 'Federated']?: string | readonly string[] };
type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A policy as the JSON text that AWS takes; tokens of resources may stand in it. */
export function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map(statementJson) });
}

function statementJson({ sid, effect = 'Allow', actions, resources, principals, conditions }: Statement) {
  return {
    Sid: sid,
    Effect: effect,
    ...(principals !== undefined && { Principal: principals }),
    Action: actions,
    ...(resources !== undefined && { Resource: resources.length === 1 ? resources[0] : resources }),
    ...(conditions !== undefined && { Condition: conditions }),
  };
}

/**
 * Who may assume a role: an AWS service, and only for this account's sake. `account` is left out where the service
 * cannot say for whom it asks (EC2 instances).
 */
export function trustService(service: string, account?: string): string {
  return policyDocument([
    {
      sid: 'AssumeByService',
      actions: ['sts:AssumeRole'],
      principals: { Service: service },
      ...(account !== undefined && { conditions: { StringEquals: { 'aws:SourceAccount': account } } }),
    },
  ]);
}

/**
 * Who may assume a role: pods of our clusters, by EKS Pod Identity. One role may serve both clusters.
 * Source: Amazon EKS User Guide, "EKS Pod Identity role trust policy".
 */
export function trustPods(account: string): string {
  return policyDocument([
    {
      sid: 'AssumeByPodIdentity',
      actions: ['sts:AssumeRole', 'sts:TagSession'],
      principals: { Service: 'pods.eks.amazonaws.com' },
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    },
  ]);
}
