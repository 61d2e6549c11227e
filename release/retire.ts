import { isParityError } from '../domain/errors.ts';
import { parities, type Parity } from '../domain/parity.ts';
import { retired, stopped } from '../domain/record-changes.ts';
import type { Release } from '../domain/release.ts';
import type { ClusterPort, RecordStore } from './ports.ts';

/** What taking leave touches. */
export interface RetiringWorld {
  readonly store: RecordStore;
  readonly clusters: Readonly<
    Record<Parity, Pick<ClusterPort, 'unpublish' | 'backlog' | 'stop' | 'deleteQueues'>>
  >;
}

/** What of a retiring release is left. */
export interface Retiring {
  readonly release: Release;
  /** Messages of it at both brokers, which the live release adopts. */
  readonly backlog: number;
}

/**
 * One pass over all releases that leave (design.md §4): nothing new comes in, wait until its queues are empty, stop it,
 * delete them. Runs in the background every few seconds, by anybody, without the lock; gives back what is not gone yet.
 * @throws ParityError `unreachable`, `record_unavailable`: come again
 */
export async function retireOnce(world: RetiringWorld, who: string): Promise<Retiring[]> {
  const left: Retiring[] = [];
  for (const release of (await world.store.read()).retiring) {
    const backlog = await drain(world, release);
    if (backlog === 0) await remove(world, release, who);
    else left.push({ release, backlog });
  }
  return left;
}

async function drain({ clusters }: RetiringWorld, release: Release): Promise<number> {
  let backlog = 0;
  for (const parity of parities) await clusters[parity].unpublish(release);
  for (const parity of parities) backlog += await clusters[parity].backlog(release);
  return backlog;
}

async function remove(world: RetiringWorld, release: Release, who: string): Promise<void> {
  const { clusters, store } = world;
  try {
    const record = await store.read();
    const about = record.live.release;
    const why = 'its queues are empty';
    const halted = parities.some(parity => record.runs[parity].includes(release))
      ? await store.write(record, on => stopped(on, release), { who, why, about, what: `stop ${release}` })
      : record;
    for (const parity of parities) await clusters[parity].stop(release);
    for (const parity of parities) await clusters[parity].deleteQueues(release);
    await store.write(halted, on => retired(on, release), { who, why, about, what: `${release} is gone` });
  } catch (error) {
    // Somebody else wrote meanwhile, maybe the same: the next pass sees what is left to do.
    if (!isParityError(error, 'record_conflict') && !isParityError(error, 'release_refused')) throw error;
  }
}
