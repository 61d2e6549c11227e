import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parseRelease, type Release } from '../domain/release.ts';
import { controlOf } from '../local/control/control-client.ts';
import { statePaths } from '../local/state/state-paths.ts';
import { laptopPolicy } from '../release/policies.ts';
import { takeBackIn } from '../release/take-back.ts';
import { systemClock as clock } from '../services/kit/ports.ts';
import { startCli } from './cli-process.ts';
import { takeBackOf, watchEvidence } from './evidence.ts';
import { startFleetOf } from './fleet/fleet-of-pair.ts';
import type { Fleet } from './fleet/fleet.ts';
import { lightMix } from './fleet/papers.ts';
import { tallyOf } from './fleet/tally.ts';
import { machineLine } from './machine-line.ts';
import { releaseFilesOf } from './release-files.ts';
import { startPairProcess, type RunningPair } from './running-pair.ts';

/** Enough users on both sides of half that a clear difference is certain within a hold. */
const drivers = 200;
const perSecond = 20;

/** From the sample that completes the evidence to threshold 0 (issue 5). */
const promisedMs = laptopPolicy.gateIntervalMs + 1_000;

/** What a person needs who asks why: the gate, the figures of both sides, and how many users were counted. */
const figures = / \(\d+\.\d\d % of \d+ users on the candidate, \d+\.\d\d % of \d+ users on the live release/;
const counts = /, \d+ of 1, with \d+ users on the one and \d+ on the other/;

/**
 * Issue 5's own figures that the twenty users of the first stage are not always certain of: they are against the release,
 * which then waits there for a person (docs/decisions/0065).
 */
const mild = ['errors=5%', 'push-errors=20%'] as const;

/** What a build of sprint 2 does so wrong that it is certain, and what its explanation must name. */
const faults: readonly { readonly fault: string; readonly gate: RegExp; readonly seen?: RegExp }[] = [
  { fault: 'errors=50%', gate: /errors: / },
  { fault: 'latency=+300ms', gate: /slow (uploads|reads): / },
  { fault: 'push-errors=50%', gate: /pushes failed: / },
  { fault: 'stuck', gate: /documents stuck or parked: / },
  { fault: 'crash', gate: /restarts: \d+ processes/, seen: counts },
  { fault: 'wrong-bytes', gate: /documents stuck or parked: / },
  { fault: 'chokes-db', gate: /(errors|slow uploads|slow reads|documents stuck or parked|pushes failed): / },
];

let pair: RunningPair;
let fleet: Fleet;

before(async () => {
  pair = await startPairProcess({});
  fleet = await startFleetOf(pair.folder, { drivers, perSecond, mix: lightMix, name: 'bad' });
});
after(async () => {
  await fleet.stop();
  await pair.stop();
  await pair.forget();
});

/** What a bad release has put aside waits for a person: here he has it tried again by the release that is live. */
async function replayParked(): Promise<number> {
  const { parked } = JSON.parse(await pair.parity('parked', 'list', '--json')) as {
    parked: { id: string }[];
  };
  for (const { id } of parked) await pair.parity('parked', 'replay', id);
  return parked.length;
}

/** How the engine ends a release whose smoke test failed (`release/steps/verify.ts`). */
const foundBySmoke = /^failed: /;

let builds = 0;

/** The next build of sprint 2. */
function nextBuild(): Release {
  const build = builds++;
  return parseRelease(build === 0 ? '2' : `2.${build}`);
}

/**
 * Ships a build that is bad. What fails at random may by chance fail the smoke test at each of its tries: then no driver
 * has met it, no gate has anything to say, and another build has the same fault.
 */
async function shipBad(fault: string) {
  for (let tries = 1; ; tries++) {
    const release = nextBuild();
    const end = { release, ...(await shipOnce(fault, release)) };
    assert.ok(end.code === 3 || end.code === 4, end.told);
    const back = takeBackIn(end.record, release);
    if (back === undefined || !foundBySmoke.test(back.why) || tries === 3) return end;
  }
}

/** Ships a build, and tells how it ended and what was known when. */
async function shipOnce(fault: string, release: Release) {
  const { store } = releaseFilesOf(pair.folder);
  const { url: prometheusUrl } = (await controlOf(statePaths(pair.folder)).status()).prometheus;
  const watch = watchEvidence({ release, store, policy: laptopPolicy, prometheusUrl, clock });
  const shipping = startCli(pair.folder, ['ship', release, '--fault', fault, '--yes', '--json']);
  const code = await shipping.exited;
  const evidence = await watch.stop();
  const told = shipping.lines.join('\n');
  const record = await store.read();
  // Or it would be in the way of the next one.
  if (code === 4) await pair.parity('rollback', '--why', 'the evidence is against it');
  return { code, told, evidence, record };
}

describe('a bad release', { timeout: 900_000 }, () => {
  for (const fault of mild) {
    it(`is taken back or waits for a person, and never settles: ${fault}`, async test => {
      const { release, code, told, record } = await shipBad(fault);
      const why = takeBackIn(record, release)?.why ?? told;
      test.diagnostic(`${fault}: exit ${code}: ${why}`);
      assert.match(why, figures);
    });
  }

  for (const { fault, gate, seen = figures } of faults) {
    it(`takes itself back, and says why: ${fault}`, async test => {
      const { release, code, told, evidence, record } = await shipBad(fault);
      assert.equal(code, 3, told);
      const { at: takenBackAt, who, why } = takeBackOf(release, record);
      test.diagnostic(`${fault}: ${who}: ${why}`);
      const { live, threshold, cohorts } = record;
      assert.deepEqual([live.release, threshold, cohorts], ['1', 0, []]);
      assert.match(why, gate);
      assert.match(why, seen);
      assert.ok(evidence !== undefined, 'nothing was proven');
      const tookMs = Date.parse(takenBackAt) - evidence.atMs;
      test.diagnostic(
        `${fault}: threshold 0 written ${tookMs} ms after the evidence (promised: ${promisedMs})`,
      );
      assert.ok(tookMs <= promisedMs, `${tookMs} ms`);
    });
  }

  it('has lost no paper and shown none twice in all of it', async test => {
    await pair.parity('abort', '--why', 'the test is over');
    await clock.delay(laptopPolicy.gateIntervalMs);
    await fleet.stop();
    const replayed = await replayParked();
    const { lost, duplicated, examples, attempt } = await tallyOf(fleet, { clock, withinMs: 120_000 });
    test.diagnostic(machineLine());
    test.diagnostic(
      `${attempt} papers, ${replayed} parked and replayed, ${lost} lost, ${duplicated} shown twice`,
    );
    assert.deepEqual([lost, duplicated], [0, 0], examples.slice(0, 5).join('\n'));
  });
});
