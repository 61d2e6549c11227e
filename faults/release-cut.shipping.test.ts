import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bucketOf, cohortsClaim } from '../domain/claims.ts';
import { parseRelease } from '../domain/release.ts';
import { decide } from '../domain/routing.ts';
import { laptopPolicy } from '../release/policies.ts';
import { systemClock as clock } from '../services/kit/ports.ts';
import { startCli } from './cli-process.ts';
import { startFleetOf } from './fleet/fleet-of-pair.ts';
import type { Fleet } from './fleet/fleet.ts';
import { lightMix } from './fleet/papers.ts';
import { tallyOf } from './fleet/tally.ts';
import { whereUsersWent } from './kept-release.ts';
import { machineLine } from './machine-line.ts';
import { releaseFilesOf } from './release-files.ts';
import { poll, startPairProcess, type RunningPair } from './running-pair.ts';

const [one, two] = [parseRelease('1'), parseRelease('2')];
const half = 500;
const holdMs = laptopPolicy.shift.find(({ percent }) => percent === 50)?.holdMs ?? Infinity;
/** Long enough that many users meet it, and that the release would be over if it did not wait. */
const cutMs = 25_000;

let pair: RunningPair;
let fleet: Fleet;

before(async () => {
  pair = await startPairProcess({});
  fleet = await startFleetOf(pair.folder, { drivers: 100, perSecond: 12, mix: lightMix, name: 'cut' });
  await clock.delay(4_000);
});
after(async () => {
  await fleet.stop();
  await pair.stop();
  await pair.forget();
});

describe('the way between the gateways, cut in a shift', { timeout: 400_000 }, () => {
  it('has users stay on the live release, and the release wait until it is whole again', async test => {
    test.diagnostic(machineLine());
    const { store } = releaseFilesOf(pair.folder);
    const shipping = startCli(pair.folder, ['ship', two, '--yes'], line =>
      process.stderr.write(`    ${line}\n`),
    );
    const endedBefore = shipping.exited.then(code =>
      assert.fail(`exit ${code}: ${shipping.lines.slice(-3).join('\n')}`),
    );
    await Promise.race([poll(async () => (await store.read()).threshold === half, 120_000), endedBefore]);
    // Both gateways have it: what users meet from here on is the fault alone.
    await clock.delay(1_000);
    const fromMs = clock.now();
    await pair.parity('local', 'kill', 'peer-link');
    await clock.delay(cutMs);
    const { live, candidate, threshold } = await store.read();
    const untilMs = clock.now();
    await pair.parity('local', 'heal', 'peer-link');
    const healedAtMs = clock.now();
    assert.deepEqual([live.release, candidate, threshold], [one, two, half], 'it did not wait');
    assert.ok(
      shipping.lines.some(line => line.includes('does not reach its peer')),
      shipping.lines.join('\n'),
    );

    const routing = { live, candidate: two, threshold: half, cohorts: [] };
    const releaseOf = (user: string) =>
      decide(routing, { bucket: bucketOf(user), cohorts: cohortsClaim([]) });
    const went = whereUsersWent(fleet.uploads, { fromMs, untilMs, live: one, releaseOf });
    test.diagnostic(
      `users whom their release served: ${went.kept}, whom ${one} served instead: ${went.onLive}`,
    );
    assert.ok(went.kept > 0 && went.onLive > 0, 'too few were there to tell');
    assert.deepEqual(went.elsewhere, []);

    await poll(async () => (await store.read()).threshold !== half);
    const heldMs = clock.now() - healedAtMs;
    test.diagnostic(`the hold of ${holdMs} ms went on for ${heldMs} ms after the way was whole again`);
    assert.ok(heldMs >= holdMs);
    assert.equal(await shipping.exited, 0, shipping.lines.slice(-3).join('\n'));
    assert.deepEqual((await store.read()).live, { parity: 'even', release: two });
  });

  it('has lost no paper and shown none twice', async test => {
    await fleet.stop();
    const { attempt, lost, duplicated, failed, examples } = await tallyOf(fleet, { clock, withinMs: 90_000 });
    test.diagnostic(`${attempt} papers, ${lost} lost, ${duplicated} shown twice, ${failed} not taken`);
    assert.deepEqual([lost, duplicated, failed], [0, 0, 0], examples.slice(0, 5).join('\n'));
  });
});
