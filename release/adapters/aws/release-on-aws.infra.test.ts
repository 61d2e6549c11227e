import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { parities, peerOf, type Parity } from '../../../domain/parity.ts';
import { bucketOf } from '../../../domain/claims.ts';
import { parseRecord } from '../../../domain/record.ts';
import { parseRelease } from '../../../domain/release.ts';
import { decide, place } from '../../../domain/routing.ts';
import type { SeenCall } from '../../../infra/testing/aws-stand-in.ts';
import { chooseTarget } from '../../../local/front-door/choose-target.ts';
import { ship } from '../../ship.ts';
import type { Order, Progress } from '../../shipment.ts';
import { takeBackUsers } from '../../take-back.ts';
import { finish } from '../../testing/finish.ts';
import { watchInvariants } from '../../testing/invariants.ts';
import { Killed, mortal } from '../../testing/kill-switch.ts';
import { testPolicy, type TestWorld } from '../../testing/test-world.ts';
import { route53Dns } from './route53-dns.ts';
import { s3Objects } from './s3-objects.ts';
import { awsPair, type AwsPair } from './testing/aws-pair.ts';
import { openAwsWorld, type AwsWorld } from './testing/aws-world.ts';
import { systemClock } from './testing/system-ports.ts';

const r42 = parseRelease('42');
const order: Order = { release: r42, policy: testPolicy, who: 'anna', why: 'sprint 42' };

describe('a release on AWS', { timeout: 300_000 }, () => {
  let aws: AwsWorld;
  const heals: (() => void)[] = [];
  let pairs = 0;
  before(async () => void (aws = await openAwsWorld(process.env)));
  after(() => aws.stop());
  afterEach(() => heals.splice(0).forEach(heal => heal()));

  const newPair = () => awsPair(aws, `pair-${(pairs += 1)}`);
  const kill = (...services: string[]) =>
    heals.push(
      aws.aws.inject({ kind: 'control plane down', befalls: ({ service }) => services.includes(service) }),
    );
  const callsSince = (mark: number) => aws.aws.calls.slice(mark);
  const mark = () => aws.aws.calls.length;

  it('flips whole: the record in S3, both weights in Route 53, and each change waited for', async () => {
    const { world, zone, bucket } = await newPair();
    heals.push(
      aws.aws.inject({ kind: 'change pending', befalls: ({ path }) => path.includes('/change/'), times: 3 }),
    );
    const began = mark();
    const end = await finish(world, ship(world, order), watchInvariants(world));
    assert.equal(end.outcome, 'settled');
    const record = await s3Objects({ ...aws.access, bucket }).read('record');
    assert.deepEqual(parseRecord(JSON.parse(record?.text ?? '')).live, { parity: 'even', release: '42' });
    const dns = route53Dns({ ...aws.access, ...zone, clock: systemClock });
    assert.deepEqual(await dns.weights(), { odd: 0, even: 255 });
    const asked = callsSince(began).filter(({ service }) => service === 'route53');
    assert.equal(asked.filter(isChange).length, testPolicy.flip.percents.length);
    assert.equal(asked.filter(({ operation }) => operation.includes('/change/')).length, 3 + 2);
  });

  it('ends where it would have when the engine dies between the record and DNS', async () => {
    const { world } = await newPair();
    const mine = mortal(world);
    const tell = ({ kind, step }: Progress) => {
      if (kind === 'look' && step === 'flip') mine.kill();
    };
    const look = watchInvariants(world);
    await assert.rejects(finish(world, ship(mine.world, { ...order, tell }), look), Killed);
    const end = await finish(world, ship(world, { ...order, who: 'otto' }), look);
    assert.equal(end.outcome, 'settled');
    assert.deepEqual(await world.dns.weights(), { odd: 0, even: 255 });
  });

  it('fails over by health checks alone, with every control plane dead and no call to any', async () => {
    const { world } = await newPair();
    await world.clock.run({ forMs: 2_000 });
    const weights = await world.dns.weights();
    const began = mark();
    kill('route53', 'eks', 'elasticfilesystem', 'mq', 'backup', 'acm', 'elasticloadbalancing', 's3');
    const [dead, alive] = ['odd', 'even'] as const;
    world.clusters[dead].setUp(false);
    await world.clock.run({ forMs: 30_000 });
    assert.deepEqual(answersOf(weights, world), [alive]);
    assert.equal(servedAt(world, alive), 'here: 41');
    assert.deepEqual(servicesAsked(callsSince(began)), ['s3']);
    assert.ok(callsSince(began).every(({ operation }) => operation.startsWith('GET ')));
  });

  it('takes users back with Route 53 dead: one write to S3, and DNS follows when it can', async () => {
    const { world } = await baking();
    kill('route53');
    const began = mark();
    const { taken, dnsBehind } = await finish(world, takeBackUsers(world, { who: 'otto', why: 'slow' }));
    assert.equal(taken, true);
    assert.match(
      dnsBehind ?? '',
      /^AWS does not answer to look at the weights of api-eu-central-1\.acme\.test/,
    );
    for (const parity of parities) assert.equal(servedAt(world, parity), 'here: 41');
    const asked = callsSince(began);
    assert.deepEqual(servicesAsked(asked), ['route53', 's3']);
    const back = asked.findIndex(
      ({ operation }) => operation.startsWith('PUT ') && /\/record\.json$/.test(operation),
    );
    const dns = asked.findIndex(({ service }) => service === 'route53');
    assert.ok(back >= 0 && back < dns, 'Route 53 is asked after the users are back');
    assert.ok(asked.every(({ service, status }) => service !== 'route53' || status === 503));
    heals.splice(0).forEach(heal => heal());
    assert.deepEqual(await world.dns.weights(), { odd: 0, even: 255 });
    await finish(world, takeBackUsers(world, { who: 'otto', why: 'DNS' }));
    assert.deepEqual(await world.dns.weights(), { odd: 255, even: 0 });
  });

  /** A pair whose release 42 has flipped and is still judged. */
  async function baking(): Promise<AwsPair> {
    const pair = await newPair();
    const { outcome } = await finish(pair.world, ship(pair.world, { ...order, until: 'flip' }));
    assert.equal(outcome, 'reached');
    return pair;
  }
});

function isChange({ operation }: SeenCall): boolean {
  return /^POST .*\/rrset\/?$/.test(operation);
}

function servicesAsked(calls: readonly SeenCall[]): string[] {
  return [...new Set(calls.map(({ service }) => service))].sort();
}

/** Which clusters Route 53 names, over every draw of the dice, when it finds the clusters as healthy as they are. */
function answersOf(weights: Readonly<Record<Parity, number>>, { clusters }: TestWorld): Parity[] {
  const target = (parity: Parity) => ({ parity, weight: weights[parity], healthy: clusters[parity].isUp() });
  const [one, other] = parities;
  const draws = Array.from({ length: 100 }, (_, at) => at / 100);
  return [...new Set(draws.map(draw => chooseTarget([target(one), target(other)], draw)))];
}

/** Where and by which release a user is served whom DNS has sent to `parity`. */
function servedAt({ clusters }: TestWorld, parity: Parity): string {
  const routing = clusters[parity].gateway.current()?.routing;
  if (routing === undefined) return 'nowhere';
  const release = decide(routing, { bucket: bucketOf('a user'), cohorts: ' ' });
  const isReady = (of: Parity) => clusters[of].isUp() && clusters[of].isReady(release);
  return `${place({ here: isReady(parity), peer: isReady(peerOf(parity)) })}: ${release}`;
}
