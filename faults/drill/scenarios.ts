import { isExposed } from '../../domain/record-laws.ts';
import { parities } from '../../domain/parity.ts';
import type { FaultRequest } from '../../local/control/control-requests.ts';
import type { DrillHands, Scenario } from './scenario.ts';

/** Everything that can be rehearsed. */
export const scenarioNames = ['live', 'idle', 'broker', 'peer-link', 'database', 'engine', 'keeper'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/** Something is killed or cut, and stays so until it is healed. */
function killing(
  victim: (hands: Pick<DrillHands, 'live' | 'idle'>) => FaultRequest,
  rest: Pick<Scenario, 'says' | 'isNoticed' | 'movesDns'>,
): Scenario {
  return {
    ...rest,
    inflict: async hands => void (await hands.control.kill(victim(hands))),
    undo: async hands => void (await hands.control.heal(victim(hands))),
  };
}

/** What is done in each, and how the pair shows that it has noticed: what the supervisor was told to kill is no sign. */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  live: killing(({ live }) => ({ cluster: live, what: 'all' }), {
    says: ({ live }) => `all of ${live}, which plays live, is killed`,
    isNoticed: ({ status }, { live }) => !status.clusters[live].healthy,
    movesDns: true,
  }),
  idle: killing(({ idle }) => ({ cluster: idle, what: 'all' }), {
    says: ({ idle }) => `all of ${idle}, which plays idle, is killed`,
    isNoticed: ({ status }, { idle }) => !status.clusters[idle].healthy,
    movesDns: false,
  }),
  broker: killing(({ live }) => ({ cluster: live, what: 'broker' }), {
    says: ({ live }) => `the broker of ${live}, which plays live, is killed`,
    movesDns: false,
  }),
  keeper: killing(({ live }) => ({ cluster: live, what: 'keeper' }), {
    says: ({ live }) => `the keeper of ${live}, which plays live, is killed`,
    movesDns: false,
  }),
  'peer-link': killing(() => ({ shared: 'peer-link' }), {
    says: () => 'the link between the clusters is cut',
    isNoticed: ({ status }) => parities.every(parity => !status.clusters[parity].peer),
    movesDns: false,
  }),
  database: killing(() => ({ shared: 'database' }), {
    says: () => 'the database that both clusters share is killed',
    movesDns: false,
  }),
  engine: {
    says: () => 'the engine that ships a release is killed in the middle of its shift',
    prepare: hands => hands.shipIntoShift(),
    inflict: hands => hands.killEngine(),
    // The keepers have ended what nobody judged any more.
    isNoticed: ({ record }) =>
      record.candidate !== undefined && record.step === undefined && !isExposed(record),
    undo: async hands => {
      try {
        // Dead already, unless somebody left before.
        await hands.killEngine();
      } finally {
        await hands.forgetDrillRelease();
      }
    },
    movesDns: false,
  },
};
