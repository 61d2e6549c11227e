/**
 * What must hold of every resource of a type, whatever its name and whichever stack it stands in. `holds` is an
 * expression of Terraform over the planned values, given the resource's address.
 */
export interface TypeLaw {
  readonly type: string;
  readonly says: string;
  readonly holds: (address: string) => string;
  /** Resources that are let off by name, each for a reason. */
  readonly except?: Readonly<Record<string, string>>;
}

/** What must hold of one stack as a whole. */
export interface StackLaw {
  readonly stack: string;
  readonly says: string;
  readonly holds: string;
}

/** What a resource's key must look like: one of ours, not AWS's own. */
export const ownKey = (attribute: string) => (address: string) =>
  `startswith(${address}.${attribute}, "arn:aws:kms:")`;

/** A switch that must be on. */
export const isTrue = (attribute: string) => (address: string) => `${address}.${attribute} == true`;
