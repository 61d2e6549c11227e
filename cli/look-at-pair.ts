import { isParityError } from '../domain/errors.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import type { DnsWeights } from '../domain/dns-weights.ts';
import type { Parity } from '../domain/parity.ts';
import type { ClusterReleases, PairStatus } from '../local/control/control-api.ts';
import { controlOf } from '../local/control/control-client.ts';
import { dnsFile } from '../local/dns/dns-file.ts';
import { releaseStore } from '../local/record/release-store.ts';
import { operatorOf } from '../release/store/operator-lock.ts';
import type { World } from './world.ts';

/** The running pair at one moment. */
export interface PairLook {
  readonly status: PairStatus;
  readonly record: ReleaseRecord;
  /** Who ships at the moment, and since when. */
  readonly operator: { readonly who: string; readonly since: string } | undefined;
  readonly releases: Readonly<Record<Parity, ClusterReleases>>;
  /** Where DNS points; undefined when it does not answer. */
  readonly dns: DnsWeights | undefined;
}

/** Asks the pair once for everything, then reads what lies in its folder. @throws ParityError `not_running`, `record_unavailable` */
export async function lookAtPair(world: Pick<World, 'paths' | 'clock' | 'random'>): Promise<PairLook> {
  const control = controlOf(world.paths);
  const { store, objects } = releaseStore(world);
  const [status, releases] = await Promise.all([control.status(), control.releases()]);
  const dnsNow = dnsFile(world.paths.dns).weights().catch(unlessUnreachable);
  const [record, operator, dns] = await Promise.all([store.read(), operatorOf(objects), dnsNow]);
  return { status, record, operator, releases, dns };
}

function unlessUnreachable(error: unknown): undefined {
  if (!isParityError(error, 'unreachable')) throw error;
}
