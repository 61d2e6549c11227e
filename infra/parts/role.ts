import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import type { TerraformStack } from '../terraform.ts';
import { policyDocument, type Statement } from './policy-document.ts';

/** A role: who may take it on, and what it may do. */
export interface RoleDescription {
  readonly name: string;
  readonly why: string;
  /** The trust policy's JSON. */
  readonly trust: string;
  readonly statements?: readonly Statement[];
  /** Policies of AWS's own, by name, such as `AmazonEKSClusterPolicy`. */
  readonly managed?: readonly string[];
}

/** A role and what must be there before it is of any use. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly permissions: readonly (IamRolePolicy | IamRolePolicyAttachment)[];
}

/** Makes a role with its policies; the construct's name is `id`. */
export function role(stack: TerraformStack, id: string, description: RoleDescription): Role {
  const { name, why, trust, statements = [], managed = [] } = description;
  const made = new IamRole(stack, id, { name, description: why, assumeRolePolicy: trust });
  const permissions = managed.map(
    policy =>
      new IamRolePolicyAttachment(stack, `${id}-${policy.replace('/', '-')}`, {
        role: made.name,
        policyArn: `arn:aws:iam::aws:policy/${policy}`,
      }),
  );
  if (statements.length === 0) return { arn: made.arn, name: made.name, permissions };
  const own = new IamRolePolicy(stack, `${id}-policy`, {
    role: made.name,
    name: 'what-it-may-do',
    policy: policyDocument(statements),
  });
  return { arn: made.arn, name: made.name, permissions: [...permissions, own] };
}
