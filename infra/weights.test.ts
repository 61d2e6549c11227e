import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { chooseTarget, type Target } from '../local/front-door/choose-target.ts';
import { parities, parityOfSprint, peerOf, type Parity } from '../domain/parity.ts';
import { resourcesOf, synthesized } from './testing/synthesized.ts';

const firstSprint = 42;
const live = parityOfSprint(firstSprint);
const idle = peerOf(live);

/** Who answers `name` when the clusters are as healthy as given, over every draw of the dice. */
function answersOf(weights: ReadonlyMap<string, number>, healthy: Record<Parity, boolean>): Parity[] {
  const target = (parity: Parity): Target => ({
    parity,
    weight: weights.get(parity) ?? NaN,
    healthy: healthy[parity],
  });
  const [one, other] = parities;
  const draws = Array.from({ length: 100 }, (_, at) => at / 100);
  return [...new Set(draws.map(draw => chooseTarget([target(one), target(other)], draw)))];
}

describe('the first weights, as Route 53 reads them', () => {
  const weights = new Map<string, ReadonlyMap<string, number>>();
  before(async () => {
    const records = resourcesOf(await synthesized({ firstSprint }), 'aws_route53_record');
    for (const name of ['api', 'beta']) {
      const ours = records.filter(record => record.name.startsWith(`${name}-to-`));
      const entries = ours.map(({ block }) => {
        const { weight } = block['weighted_routing_policy'] as { weight: number };
        return [String(block['set_identifier']), weight] as const;
      });
      weights.set(name, new Map(entries));
    }
  });
  const answers = (name: string, up: readonly Parity[]) => {
    const health = { [live]: up.includes(live), [idle]: up.includes(idle) } as Record<Parity, boolean>;
    return answersOf(weights.get(name) ?? new Map(), health);
  };

  it('send everybody to the cluster of the first sprint, and beta to the other', () => {
    assert.deepEqual([answers('api', parities), answers('beta', parities)], [[live], [idle]]);
  });

  it('send everybody to the idle cluster when the live one is dead', () => {
    assert.deepEqual([answers('api', [idle]), answers('beta', [idle])], [[idle], [idle]]);
  });

  it('change nothing when only the idle cluster is dead, and beta follows', () => {
    assert.deepEqual([answers('api', [live]), answers('beta', [live])], [[live], [live]]);
  });

  it('stay where they are when both are dead: moving would help nobody', () => {
    assert.deepEqual([answers('api', []), answers('beta', [])], [[live], [idle]]);
  });
});
