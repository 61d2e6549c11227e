import { settledWeights, type DnsWeights } from '../domain/dns-weights.ts';
import { parities } from '../domain/parity.ts';
import type { ReleaseWorld } from './ports.ts';

/**
 * Brings DNS to where the record says. The record is read again afterwards: whoever changed it in between must not be
 * left with DNS pointing elsewhere.
 */
export async function followDns({ store, dns }: Pick<ReleaseWorld, 'store' | 'dns'>): Promise<void> {
  for (;;) {
    const wanted = settledWeights(await store.read());
    if (!isSame(await dns.weights(), wanted)) await dns.setWeights(wanted);
    if (isSame(settledWeights(await store.read()), wanted)) return;
  }
}

/** True when two sets of weights name the clusters equally often. */
export function isSame(a: DnsWeights, b: DnsWeights): boolean {
  return parities.every(parity => a[parity] === b[parity]);
}
