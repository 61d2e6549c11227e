import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../domain/errors.ts';
import { abort } from './orders.ts';
import type { DnsPort } from './ports.ts';
import { ship } from './ship.ts';
import type { Progress } from './shipment.ts';
import { takeBackUsers } from './take-back.ts';
import { atStep } from './testing/at-step.ts';
import { finish } from './testing/finish.ts';
import { sprint42 } from './testing/shipped.ts';
import type { TestWorld } from './testing/test-world.ts';

const word = { who: 'otto', why: 'I do not like it' };

/** DNS that nobody can ask or change, for as long as it takes to find that out. */
function killDns(world: TestWorld, answersAfterMs = 0): () => void {
  const alive: DnsPort = { ...world.dns };
  const dead = async () => {
    await world.clock.delay(answersAfterMs);
    throw new ParityError('control_plane_down', 'AWS does not answer to look at the weights.');
  };
  Object.assign(world.dns, { weights: dead, setWeights: dead });
  return () => void Object.assign(world.dns, alive);
}

describe('takeBackUsers', () => {
  it('takes everybody back while DNS is dead, and says that DNS is behind', async () => {
    const { world } = await atStep('settle');
    killDns(world);
    const { taken, dnsBehind } = await finish(world, takeBackUsers(world, word));
    assert.equal(taken, true);
    assert.match(dnsBehind ?? '', /AWS does not answer to look at the weights/);
    assert.deepEqual(world.record().live, { parity: 'odd', release: '41' });
  });

  it('does not wait for DNS before the keepers route by it', async () => {
    const { world } = await atStep('settle');
    killDns(world, 60_000);
    let over = false;
    const taking = takeBackUsers(world, word).then(() => (over = true));
    await world.clock.run({ forMs: 1_000 });
    const { odd, even } = world.clusters;
    for (const { gateway } of [odd, even]) assert.equal(gateway.current()?.routing.live.release, '41');
    assert.equal(over, false);
    await finish(world, taking);
  });

  it('lets DNS follow when it is asked again', async () => {
    const { world } = await atStep('settle');
    const heal = killDns(world);
    await finish(world, takeBackUsers(world, word));
    heal();
    assert.deepEqual(await world.dns.weights(), { odd: 0, even: 255 });
    const again = await finish(world, takeBackUsers(world, word));
    assert.deepEqual(again, { taken: false, met: false, dnsBehind: undefined });
    assert.deepEqual(await world.dns.weights(), { odd: 255, even: 0 });
  });

  it('lets a person give the release up meanwhile', async () => {
    const { world } = await atStep('cover');
    killDns(world);
    const { candidate, threshold } = await finish(world, abort(world, word));
    assert.deepEqual({ candidate, threshold }, { candidate: undefined, threshold: 0 });
  });
});

describe('ship, while DNS is dead', () => {
  it('rolls back, and tells so, when the flip cannot be made', async () => {
    const { world } = await atStep('flip');
    const tell = ({ kind, step }: Progress) => {
      if (kind === 'step' && step === 'flip') killDns(world);
    };
    const end = await finish(world, ship(world, { ...sprint42, tell }));
    assert.equal(end.outcome, 'rolled-back');
    assert.match(end.seen.join('\n'), /DNS does not follow yet: AWS does not answer/);
    assert.deepEqual(world.record().live, { parity: 'odd', release: '41' });
  });
});
