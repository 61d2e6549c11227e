import type { DnsWeights } from '../../domain/dns-weights.ts';
import { ParityError } from '../../domain/errors.ts';
import { parities, type Parity } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import type { Check, ChecksPort, DnsPort, MetricsPort } from '../ports.ts';

/** DNS in memory. */
export function fakeDns(first: DnsWeights): DnsPort {
  let weights = first;
  return {
    weights: async () => weights,
    setWeights: async next => {
      weights = next;
    },
  };
}

/** What a fake fleet meets: which part of a release's users sees errors; nothing can be seen while `away`. */
export interface Fleet {
  readonly errors: Map<Release, number>;
  /** How often processes of a release have ended by themselves. */
  readonly ended: Map<Release, number>;
  away: boolean;
  /** Clusters whose gateway does not reach its peer. */
  apart: readonly Parity[];
}

/** So many users on each side of everything. */
const users = 20_000;

/** Figures of a fleet that is always large enough. */
export function fakeMetrics(fleet: Fleet): MetricsPort {
  const demandThere = () => {
    if (fleet.away) throw new ParityError('unreachable', 'The metrics do not answer.');
  };
  return {
    sample: async ({ measure, release }) => {
      demandThere();
      const failing = measure === 'errors' ? (fleet.errors.get(release) ?? 0) : 0;
      return { users, sum: users * failing, sumOfSquares: users * failing };
    },
    restarts: async ({ release }) => {
      demandThere();
      return fleet.ended.get(release) ?? 0;
    },
    apart: async () => {
      demandThere();
      return fleet.apart;
    },
  };
}

/** Checks that see whether clusters are up, and fail the smoke test of releases in `broken`. */
export function fakeChecks(isUp: (parity: Parity) => boolean, broken: ReadonlySet<Release>): ChecksPort {
  const check = (name: string, ok: boolean): Check =>
    ok ? { name, ok } : { name, ok, why: 'it does not answer' };
  return {
    neighbours: async () => [],
    pair: async () => parities.map(parity => check(`cluster ${parity}`, isUp(parity))),
    smoke: async release => [check('upload and read back', !broken.has(release))],
  };
}
