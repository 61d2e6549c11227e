import { isParityError } from '../../domain/errors.ts';
import type { Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import type { ReleaseQueues } from '../../services/kit/broker/release-queues.ts';
import type { Clock } from '../../services/kit/ports.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { PairServices, ReleasePlace } from './pair-services.ts';

/** What 50 MB take over a bad mobile network; whoever is slower is told to come again, with the same key. */
const requestsEndWithinMs = 300_000;

/** A release that has not worked off its own messages by then is stuck, and the live one does it. */
const ownWorkWithinMs = 10_000;

/** What of releases that leave is still there. */
export interface LeavingReleases {
  /**
   * Lets a release take in nothing more in a cluster: once the requests that it is answering have ended, its queues are
   * unbound; what it then leaves undone, the live release does. Comes again until it is gone.
   * @throws ParityError `unreachable`
   */
  unpublish(at: ReleasePlace): Promise<void>;
  /** What it still has to do there: messages, and while it may take some in at least one. @throws `unreachable` */
  backlog(at: ReleasePlace): Promise<number>;
  /** @throws ParityError `would_lose`, `unreachable` */
  deleteQueues(at: ReleasePlace): Promise<void>;
}

/** What leaving releases are looked at with. */
export interface LeavingParts {
  readonly queues: (cluster: Parity) => ReleaseQueues;
  readonly services: Pick<PairServices, 'stop'>;
  readonly gateways: Readonly<Record<Parity, Pick<Gateway, 'underWay'>>>;
  /** The release that adopts. */
  readonly live: () => Release;
  readonly clock: Clock;
}

interface Leaving {
  readonly sinceMs: number;
  unboundAtMs: number | undefined;
}

/** Nothing leaves yet. */
export function leavingReleases(parts: LeavingParts): LeavingReleases {
  const { queues, services, live, clock } = parts;
  const known = new Map<string, Leaving>();
  const nameOf = ({ cluster, release }: ReleasePlace) => `${release} on ${cluster}`;
  const noted = (at: ReleasePlace) => {
    const leaving = known.get(nameOf(at)) ?? { sinceMs: clock.monotonic(), unboundAtMs: undefined };
    known.set(nameOf(at), leaving);
    return leaving;
  };
  return {
    unpublish: async at => {
      const leaving = noted(at);
      const patient = clock.monotonic() - leaving.sinceMs < requestsEndWithinMs;
      if (leaving.unboundAtMs === undefined && patient && (await underWay(parts, at)) > 0) return;
      const its = queues(at.cluster);
      // Each time: a process that was away has bound them again.
      await its.unbind(at.release);
      leaving.unboundAtMs ??= clock.monotonic();
      if (clock.monotonic() - leaving.unboundAtMs < ownWorkWithinMs) return;
      await services.stop(at);
      await its.handOver(at.release, live());
    },
    backlog: async at => {
      const contents = await queues(at.cluster).contents(at.release);
      const waiting = contents.reduce((sum, { ready }) => sum + ready, 0);
      return known.get(nameOf(at))?.unboundAtMs === undefined ? Math.max(waiting, 1) : waiting;
    },
    deleteQueues: async at => {
      await queues(at.cluster).deleteEmpty(at.release);
      known.delete(nameOf(at));
    },
  };
}

/** Through a gateway that does not run nothing is under way. */
async function underWay({ gateways }: LeavingParts, { cluster, release }: ReleasePlace): Promise<number> {
  return await gateways[cluster].underWay(release).catch((error: unknown) => {
    if (isParityError(error, 'unreachable')) return 0;
    throw error;
  });
}
