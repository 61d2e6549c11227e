/** What both clusters share and can be killed, or cut, and healed. */
export const sharedParts = ['database', 'peer-link'] as const;
export type SharedPart = (typeof sharedParts)[number];

/** What of a cluster can be killed and healed. */
export const clusterParts = ['services', 'gateway', 'keeper', 'broker', 'all'] as const;
export type ClusterPart = (typeof clusterParts)[number];
