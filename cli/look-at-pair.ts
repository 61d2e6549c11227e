import type { ReleaseRecord } from '../domain/record.ts';
import type { Parity } from '../domain/parity.ts';
import type { ClusterReleases, PairStatus } from '../local/control/control-api.ts';
import { controlOf } from '../local/control/control-client.ts';
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
}

/** Asks the pair once for everything, then reads what lies in its folder. @throws ParityError `not_running`, `record_unavailable` */
export async function lookAtPair(world: Pick<World, 'paths' | 'clock' | 'random'>): Promise<PairLook> {
  const control = controlOf(world.paths);
  const { store, objects } = releaseStore(world);
  const [status, releases] = await Promise.all([control.status(), control.releases()]);
  const [record, operator] = await Promise.all([store.read(), operatorOf(objects)]);
  return { status, record, operator, releases };
}
