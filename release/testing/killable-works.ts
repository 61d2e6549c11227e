import { settledWeights } from '../../domain/dns-weights.ts';
import { parityOfRelease, parseRelease } from '../../domain/release.ts';
import { isSame } from '../follow-dns.ts';
import { rollBack } from '../orders.ts';
import type { ReleaseWorld } from '../ports.ts';
import { shiftByHand } from '../shift-by-hand.ts';
import { ship } from '../ship.ts';
import { turnPair } from '../turn-pair.ts';
import type { KillableWork } from './killed-engine.ts';
import { testPolicy as policy } from './test-world.ts';

const why = 'a test of kills';
const rollBackAll = (world: ReleaseWorld) => rollBack(world, { policy, who: 'carla', why });

const shipping = (name: string): KillableWork => ({
  work: async (world, who) => (await ship(world, { release: parseRelease(name), policy, who, why })).outcome,
});

const untilBeta = (world: ReleaseWorld) =>
  ship(world, { release: parseRelease('42'), policy, who: 'carla', why, until: 'beta' });

/** Everything that an operator's process does over several calls, by what it is called. */
export const killableWorks: Readonly<Record<string, KillableWork>> = {
  'release 42': shipping('42'),
  'release 43, after a turn': shipping('43'),
  'a turn': {
    // One that is asked for after the first has ended would turn back, as it should: nobody asks then.
    work: async (world, who) => {
      const record = await world.store.read();
      const isTurned = record.live.parity !== parityOfRelease(record.live.release);
      if (isTurned && isSame(await world.dns.weights(), settledWeights(record))) return 'done';
      return (await turnPair(world, { policy, who, why })).outcome;
    },
  },
  'a shift by hand': {
    before: untilBeta,
    work: async (world, who) => (await shiftByHand(world, { threshold: 300, policy, who, why })).outcome,
    after: rollBackAll,
  },
  'a roll-back': {
    before: untilBeta,
    work: async (world, who) => (await rollBack(world, { policy, who, why })).behind ?? 'done',
  },
};
