import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease, type Release } from '../domain/release.ts';
import { ship } from './ship.ts';
import { finish } from './testing/finish.ts';
import { watchInvariants } from './testing/invariants.ts';
import { shipped, sprint42, untilRecord } from './testing/shipped.ts';
import { testPolicy, testWorld } from './testing/test-world.ts';

const [r41, r42] = ['41', '42'].map(parseRelease) as [Release, Release];

describe('watch, at the end of a hold', () => {
  it('waits while the evidence is short, or goes on and says that it is unproven', async () => {
    const world = await testWorld();
    for (const release of [r41, r42]) world.fleet.errors.set(release, 0.0101);
    const end = await shipped(world);
    assert.deepEqual([end.outcome, end.step], ['waiting', 'shift 10%']);
    assert.match(
      end.why,
      /^errors: above the objective of 1\.0 %, though not for certain \(1\.01 % of 20000/,
    );
    const policy = { ...testPolicy, unproven: 'proceed-unproven' as const };
    assert.equal((await shipped(world, { policy })).outcome, 'settled');
    const entries = await world.journal.read(r42);
    assert.ok(entries.some(entry => entry.kind === 'step' && entry.why.startsWith('unproven: errors:')));
  });

  it('goes on unproven with what is short of evidence, never with what is against it', async () => {
    const policy = { ...testPolicy, unproven: 'proceed-unproven' as const };
    const world = await testWorld();
    const few = (part: number) => ({ users: 80, sum: 80 * part, sumOfSquares: 80 * part });
    const bad = (query: { release: Release; measure: string }) =>
      query.release === r42 && query.measure === 'errors' ? 0.08 : 0;
    world.metrics.sample = async query => few(bad(query));
    const began = world.clock.monotonic();
    const end = await shipped(world, { policy });
    assert.deepEqual([end.outcome, end.step], ['waiting', 'shift 10%']);
    assert.ok(world.clock.monotonic() - began >= 3 * (policy.shift[0]?.holdMs ?? Infinity));
    assert.match(end.why, /^errors: .*, though not for certain \(8\.00 % of 80 users on the candidate/);
    world.metrics.sample = async () => few(0);
    assert.equal((await shipped(world, { policy })).outcome, 'settled');
  });

  it('pauses while a gateway cannot reach the candidate, blames nobody, and goes on when it can', async () => {
    const policy = { ...testPolicy, unproven: 'proceed-unproven' as const };
    const world = await testWorld();
    const shipping = ship(world, { ...sprint42, policy });
    shipping.catch(() => {});
    await untilRecord(world, ({ threshold }) => threshold === 500);
    world.fleet.apart = ['odd'];
    const end = await finish(world, shipping, watchInvariants(world));
    assert.deepEqual([end.outcome, end.step], ['waiting', 'shift 50%']);
    assert.equal(
      end.why,
      'peer link: odd does not reach its peer, so whoever enters there is on 41, whatever 42 is like',
    );
    assert.equal(world.record().threshold, 500);
    world.fleet.apart = [];
    assert.equal((await shipped(world, { policy })).outcome, 'settled');
  });

  it('begins again when gateways reach each other once more: of the time before nothing is proven', async () => {
    const policy = { ...testPolicy, unproven: 'proceed-unproven' as const };
    const holdMs = policy.shift[1]?.holdMs ?? 0;
    const world = await testWorld();
    const shipping = ship(world, { ...sprint42, policy });
    shipping.catch(() => {});
    await untilRecord(world, ({ threshold }) => threshold === 500);
    world.fleet.apart = ['odd'];
    await world.clock.run({ isOver: () => false, forMs: 2 * holdMs, look: watchInvariants(world) });
    assert.equal(world.record().threshold, 500);
    world.fleet.apart = [];
    const began = world.clock.monotonic();
    await untilRecord(world, ({ threshold }) => threshold === 1000);
    assert.ok(world.clock.monotonic() - began >= holdMs);
    assert.equal((await finish(world, shipping, watchInvariants(world))).outcome, 'settled');
  });
});
