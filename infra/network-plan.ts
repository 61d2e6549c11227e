/** The subnets of one zone. */
export interface ZonePlan {
  /** Nodes and pods: a way out through NAT. */
  readonly private: string;
  /** File systems, databases, brokers: no way out at all. */
  readonly intra: string;
  /** Load balancers and NAT gateways. */
  readonly public: string;
}

/**
 * Cuts a /16 into three zones: /18 private each (16,379 pods and nodes), and from the last quarter /22 intra and /24
 * public each. A quarter of it stays free for a fourth zone of each kind.
 */
export function planNetwork(cidr: string): readonly [ZonePlan, ZonePlan, ZonePlan] {
  const prefix = cidr.split('.').slice(0, 2).join('.');
  const zone = (at: number): ZonePlan => ({
    private: `${prefix}.${at * 64}.0/18`,
    intra: `${prefix}.${192 + at * 4}.0/22`,
    public: `${prefix}.${240 + at}.0/24`,
  });
  return [zone(0), zone(1), zone(2)];
}
