import { dnsFailover } from '../../domain/dns-failover.ts';
import type { HealthSettings } from './health-check.ts';
import type { LookUpSettings } from './look-ups.ts';

/** How like the real thing the front door behaves. */
export interface FrontDoorMode {
  readonly health: HealthSettings;
  readonly lookUps: LookUpSettings;
  /** True when connections are reset to a cluster that is declared unhealthy because it no longer answers. */
  readonly cutsSilent: boolean;
}

/**
 * For an impatient laptop: every connection is a look-up of its own, a killed cluster is noticed in about half a
 * second, a frozen one in about four, and its connections are cut (docs/decisions/0003-the-front-door-plays-dns.md).
 */
export const quick: FrontDoorMode = {
  health: { intervalMs: 250, timeoutMs: 2_000, threshold: 2 },
  lookUps: { ttlMs: 0, stubbornShare: 0 },
  cutsSilent: true,
};

/**
 * As clients find it in production: Route 53's checks, with its 2 s for an answer, the age of its answers, and one
 * client in twenty that keeps its first answer for ever, as some runtimes and proxies do. Nothing is cut: DNS cannot do
 * that. Source: Amazon Route 53 Developer Guide, "How Route 53 determines whether a health check is healthy".
 */
export const dnsLike: FrontDoorMode = {
  health: { intervalMs: dnsFailover.intervalS * 1_000, timeoutMs: 2_000, threshold: dnsFailover.failures },
  lookUps: { ttlMs: dnsFailover.ttlS * 1_000, stubbornShare: 0.05 },
  cutsSilent: false,
};
