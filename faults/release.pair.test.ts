import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parities, peerOf, type Parity } from '../domain/parity.ts';
import { parseRelease } from '../domain/release.ts';
import { controlOf } from '../local/control/control-client.ts';
import { openReleaseWorld } from '../local/release-world.ts';
import { statePaths } from '../local/state/state-paths.ts';
import type { ChecksPort, ReleaseWorld } from '../release/ports.ts';
import { ship, type ShipEnd } from '../release/ship.ts';
import type { Order } from '../release/shipment.ts';
import { systemClock, systemRandom } from '../services/kit/ports.ts';
import type { Acknowledged, Driver } from './driver.ts';
import { quickPolicy } from './engine/quick-policy.ts';
import { assertWhole, untilNotified } from './expectations.ts';
import { poll, startPairProcess, type RunningPair } from './running-pair.ts';
import { sampleDocuments } from './sample-documents.ts';

const [one, two] = [parseRelease('1'), parseRelease('2')];

/** Checks of their own have tests of their own. */
const nothingToCheck: ChecksPort = {
  neighbours: async () => [],
  pair: async () => [],
  smoke: async () => [],
};

let pair: RunningPair;
let world: ReleaseWorld;

before(async () => {
  pair = await startPairProcess();
  const paths = statePaths(pair.folder);
  const control = controlOf(paths);
  await control.register({ release: two, source: {} });
  const around = { paths, control, clock: systemClock, random: systemRandom };
  world = await openReleaseWorld({ ...around, checks: nothingToCheck });
});
after(async () => {
  await pair.stop();
  await pair.forget();
});

async function shipTwo(order: Partial<Order> = {}): Promise<ShipEnd> {
  return await ship(world, {
    release: two,
    policy: quickPolicy,
    who: 'a test',
    why: 'to see it arrive',
    ...order,
  });
}

/** Sends paper after paper until it is told to stop; gives what was acknowledged. */
function sendOn(driver: Driver): { stop(): Promise<Acknowledged[]> } {
  const stopping = new AbortController();
  const sent: Acknowledged[] = [];
  const sending = (async () => {
    for (let round = 0; !stopping.signal.aborted; round++) {
      for (const sample of sampleDocuments(2, `round-${round}`)) sent.push(await driver.send(sample));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await sending;
      return sent;
    },
  };
}

/** The names of all queues at a broker, as its management API has them. */
async function queuesAt(parity: Parity): Promise<string[]> {
  const [conf] = await Array.fromAsync(glob(join(pair.folder, 'brokers', parity, '**', 'rabbitmq.conf')));
  const text = await readFile(conf ?? '', 'utf8');
  const setting = (name: string) => new RegExp(`^${name} = (.*)$`, 'm').exec(text)?.[1] ?? '';
  const authorization = `Basic ${btoa(`${setting('default_user')}:${setting('default_pass')}`)}`;
  const url = `http://127.0.0.1:${setting('management.tcp.port')}/api/queues?columns=name`;
  const answer = await fetch(url, { headers: { authorization } });
  return ((await answer.json()) as { name: string }[]).map(({ name }) => name);
}

async function releaseOf(cohorts: readonly string[] = []): Promise<string | undefined> {
  const flags = cohorts.flatMap(cohort => ['--cohort', cohort]);
  const authorization = `Bearer ${await pair.parity('token', 'tess', ...flags)}`;
  const answer = await fetch(`${pair.url}/v1/documents`, { headers: { authorization } });
  await answer.body?.cancel();
  return answer.headers.get('x-parity-served-by')?.split('/')[1];
}

describe('a release on the real pair', { timeout: 600_000 }, () => {
  it('stands beside the cover once it is deployed, and its cohort alone meets it', async () => {
    const end = await shipTwo({ until: 'verify' });
    assert.equal(end.outcome, 'reached', end.why);
    const { live } = await world.store.read();
    assert.deepEqual(await world.clusters[peerOf(live.parity)].workload(two), { state: 'ready' });
    assert.deepEqual(await world.clusters[peerOf(live.parity)].workload(one), { state: 'ready' });
    assert.deepEqual(await world.clusters[live.parity].workload(two), { state: 'absent' });
    await poll(async () => (await releaseOf(['smoke'])) === two);
    assert.equal(await releaseOf(), one);
  });

  it('is there again after a restart', async () => {
    await pair.stop();
    pair = await pair.restart();
    const control = controlOf(statePaths(pair.folder));
    world = await openReleaseWorld({
      ...{ paths: statePaths(pair.folder), control, checks: nothingToCheck },
      ...{ clock: systemClock, random: systemRandom },
    });
    const { live, candidate } = await world.store.read();
    assert.equal(candidate, two);
    await poll(async () => (await world.clusters[peerOf(live.parity)].workload(two)).state === 'ready');
  });

  it('goes the whole way under documents: none lost, none told of twice, and of the one before nothing is left', async () => {
    const driver = await pair.driver('rosa');
    const load = sendOn(driver);
    const end = await shipTwo().finally(() => load.stop());
    assert.equal(end.outcome, 'settled', end.why);
    const acknowledged = await load.stop();
    const record = await world.store.read();
    assert.equal(record.live.release, two);
    assert.equal((await world.dns.weights())[record.live.parity], 255);
    await poll(async () => (await world.store.read()).retiring.length === 0);
    for (const parity of parities) {
      assert.deepEqual(await world.clusters[parity].workload(one), { state: 'absent' });
    }
    assert.equal(await releaseOf(), two);
    for (const parity of parities) {
      const releases = new Set((await queuesAt(parity)).map(name => /\.s([\d.]*\d)/.exec(name)?.[1]));
      assert.deepEqual([...releases], [two], `queues at the broker of ${parity}`);
    }
    await untilNotified(driver, acknowledged);
    await assertWhole(pair, driver, acknowledged);
  });
});
