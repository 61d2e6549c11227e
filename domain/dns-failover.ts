/** Each price class of Route 53's health checks has its own. */
const intervalS = 10;
/** Failed answers in a row: one may be lost on the way. */
const failures = 2;
/** Route 53 fixes it for an alias of a load balancer. */
const ttlS = 60;

/**
 * How Route 53 leaves a dead cluster, in seconds: its health check asks every `intervalS` and has to fail `failures`
 * times; a client with an old answer follows up to `ttlS` later.
 * Source: Amazon Route 53 Developer Guide, "Values that you specify when you create health checks" and "Values specific
 * for weighted alias records".
 */
export const dnsFailover = {
  ...{ intervalS, failures, ttlS },
  noticedAfterS: intervalS * failures,
  worstS: intervalS * failures + ttlS,
} as const;
