/** What can be replaced while everything runs. */
export const rotatable = ['certificates', 'authority', 'signing-key'] as const;
export type Rotatable = (typeof rotatable)[number];
