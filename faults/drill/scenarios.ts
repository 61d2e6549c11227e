import { isExposed } from '../../domain/record-laws.ts';
import { parities } from '../../domain/parity.ts';
import type { ClusterPart } from '../../local/control/control-api.ts';
import type { Scenario } from './scenario.ts';

/** Everything that can be rehearsed. */
export const scenarioNames = ['live', 'idle', 'broker', 'peer-link', 'database', 'engine', 'keeper'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/** A part of a cluster is killed by SIGKILL and stays dead until it is healed. */
function killing(
  whose: 'live' | 'idle',
  what: ClusterPart,
  rest: Pick<Scenario, 'says' | 'isNoticed' | 'movesDns'>,
): Scenario {
  return {
    ...rest,
    inflict: async hands => void (await hands.control.kill({ cluster: hands[whose], what })),
    undo: async hands => void (await hands.control.heal({ cluster: hands[whose], what })),
  };
}

/** What is done in each, and how the pair shows that it has noticed. */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  live: killing('live', 'all', {
    says: ({ live }) => `all of ${live}, which plays live, is killed`,
    isNoticed: ({ status }, { live }) => !status.clusters[live].healthy,
    movesDns: true,
  }),
  idle: killing('idle', 'all', {
    says: ({ idle }) => `all of ${idle}, which plays idle, is killed`,
    isNoticed: ({ status }, { idle }) => !status.clusters[idle].healthy,
    movesDns: false,
  }),
  broker: killing('live', 'broker', {
    says: ({ live }) => `the broker of ${live}, which plays live, is killed`,
    isNoticed: ({ status }, { live }) => status.clusters[live].broker.state !== 'running',
    movesDns: false,
  }),
  keeper: killing('live', 'keeper', {
    says: ({ live }) => `the keeper of ${live}, which plays live, is killed`,
    isNoticed: ({ status }, { live }) => status.clusters[live].keeper.state !== 'running',
    movesDns: false,
  }),
  'peer-link': {
    says: () => 'the link between the clusters is cut',
    inflict: hands => hands.cutPeerLink(),
    isNoticed: ({ status }) => parities.every(parity => !status.clusters[parity].peer),
    undo: hands => hands.healPeerLink(),
    movesDns: false,
  },
  database: {
    says: () => 'the database that both clusters share is killed',
    inflict: hands => hands.killDatabase(),
    isNoticed: ({ status }) => status.database.state !== 'running',
    undo: hands => hands.healDatabase(),
    movesDns: false,
  },
  engine: {
    says: () => 'the engine that ships a release is killed in the middle of its shift',
    prepare: hands => hands.shipIntoShift(),
    inflict: hands => hands.killEngine(),
    // The keepers have ended what nobody judged any more.
    isNoticed: ({ record }) =>
      record.candidate !== undefined && record.step === undefined && !isExposed(record),
    undo: async hands => {
      // Dead already, unless somebody left before.
      await hands.killEngine();
      await hands.forgetDrillRelease();
    },
    movesDns: false,
  },
};
