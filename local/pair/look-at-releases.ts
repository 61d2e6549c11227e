import { isParityError } from '../../domain/errors.ts';
import { perParityAsync, type Parity } from '../../domain/parity.ts';
import { namedReleases } from '../../domain/record-laws.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { Release } from '../../domain/release.ts';
import type { KeeperReport } from '../../release/ports.ts';
import type { ReleaseQueues } from '../../services/kit/broker/release-queues.ts';
import type { ClusterReleases } from '../control/control-api.ts';

/** Whom releases are asked after. */
export interface ReleaseWitnesses {
  readonly record: ReleaseRecord;
  readonly queues: (cluster: Parity) => Pick<ReleaseQueues, 'contents'>;
  readonly keeper: (cluster: Parity) => Promise<KeeperReport>;
}

/**
 * What each cluster knows of the releases that the record names, everybody asked at once: for a status, which is wanted
 * soon and also from half a pair.
 */
export async function lookAtReleases(witnesses: ReleaseWitnesses): Promise<Record<Parity, ClusterReleases>> {
  return await perParityAsync(async cluster => {
    const [keeper, queued] = await Promise.all([
      witnesses.keeper(cluster).catch(unlessAway),
      queuedAt(witnesses, cluster),
    ]);
    return { keeper, queued };
  });
}

async function queuedAt(
  { record, queues }: ReleaseWitnesses,
  cluster: Parity,
): Promise<Record<Release, number>> {
  const asked = namedReleases(record).map(async release => {
    const contents = await queues(cluster).contents(release).catch(unlessAway);
    return { release, waiting: contents?.reduce((sum, { ready }) => sum + ready, 0) };
  });
  const queued: Record<Release, number> = {};
  for (const { release, waiting } of await Promise.all(asked))
    if (waiting !== undefined) queued[release] = waiting;
  return queued;
}

function unlessAway(error: unknown): undefined {
  if (!isParityError(error, 'unreachable')) throw error;
}
