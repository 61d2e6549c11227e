import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parities, peerOf, perParity } from '../domain/parity.ts';
import { settledWeights } from '../domain/dns-weights.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import type { StepId } from '../domain/release-step.ts';
import { parityOfRelease, parseRelease, type Release } from '../domain/release.ts';
import { controlOf, type Control } from '../local/control/control-client.ts';
import { dnsFile } from '../local/dns/dns-file.ts';
import { statePaths } from '../local/state/state-paths.ts';
import { planRelease } from '../release/plan.ts';
import { seededRandom } from '../release/testing/simulate-release.ts';
import { systemClock as clock } from '../services/kit/ports.ts';
import { startProgram, type CliProcess } from './cli-process.ts';
import { quickPolicy } from './engine/quick-policy.ts';
import { startFleetOf } from './fleet/fleet-of-pair.ts';
import type { Fleet } from './fleet/fleet.ts';
import { lightMix } from './fleet/papers.ts';
import { tallyOf } from './fleet/tally.ts';
import { releaseFilesOf } from './release-files.ts';
import { poll, startPairProcess, type RunningPair } from './running-pair.ts';

const engine = join(import.meta.dirname, 'engine', 'main.ts');
const releases = ['2', '3', '4'].map(parseRelease);
const drivers = 60;
const perSecond = 8;
/** The longest that an engine lives in a step; settling is one change of the record. */
const longestLifeMs = (step: StepId) => (step === 'settle' ? 60 : 2_500);

let pair: RunningPair;
let fleet: Fleet;
let control: Control;

before(async () => {
  pair = await startPairProcess({});
  control = controlOf(statePaths(pair.folder));
  fleet = await startFleetOf(pair.folder, { drivers, perSecond, mix: lightMix, name: 'engine' });
});
after(async () => {
  await fleet.stop();
  await pair.stop();
  await pair.forget();
});

const record = () => releaseFilesOf(pair.folder).store.read();

/**
 * Has an engine ship until it is killed so long after it has begun the first of `steps`, or a later one where that is
 * done already; false when it came to its end before.
 */
async function shipAndDie(release: Release, steps: readonly StepId[], afterMs: number): Promise<boolean> {
  const begun = Promise.withResolvers<void>();
  const onLine = (line: string) => {
    if (steps.some(step => line === step)) begun.resolve();
  };
  const shipping = startProgram(engine, { folder: pair.folder, args: [release], onLine });
  const over = shipping.exited.then(() => true);
  const ended = await Promise.race([over, begun.promise.then(() => clock.delay(afterMs)).then(() => false)]);
  shipping.kill('SIGKILL');
  await shipping.exited;
  return !ended;
}

/** Ships to the end; an engine that waits, or finds that keepers have taken it back, says so and ends. */
async function shipToTheEnd(release: Release): Promise<CliProcess> {
  for (let engines = 1; ; engines += 1) {
    const last = startProgram(engine, { folder: pair.folder, args: [release] });
    if ((await last.exited) === 0 || engines === 5) return last;
  }
}

/** Everything that shipping leaves behind, in words that are the same for every release. */
async function endOf(
  release: Release,
  { live, candidate, previous, ...rest }: ReleaseRecord,
): Promise<unknown> {
  const parity = parityOfRelease(release);
  const states = await Promise.all(
    parities.map(async cluster => (await control.workload({ cluster, release })).state),
  );
  return {
    ...{ candidate, previous, threshold: rest.threshold, cohorts: rest.cohorts, retiring: rest.retiring },
    isLive: live.parity === parity && live.release === release,
    runs: perParity(at => rest.runs[at].every(running => running === release)),
    states,
    dns: (await dnsFile(statePaths(pair.folder).dns).weights())[peerOf(parity)],
  };
}

const goodEnd = {
  ...{ candidate: undefined, previous: undefined, threshold: 0, cohorts: [], retiring: [], isLive: true },
  ...{ runs: perParity(() => true), states: ['ready', 'ready'], dns: 0 },
};

describe('an engine', { timeout: 480_000 }, () => {
  const seed = Number(process.env['PARITY_SEED'] ?? randomInt(1_000_000));
  const random = seededRandom(seed);
  const ends = { died: 0, over: 0 };

  for (const release of releases) {
    it(`of ${release} that is killed at a random moment of each step comes to the same end`, async test => {
      await control.register({ release, source: {} });
      const moments: string[] = [];
      // Preflight leaves no trace: a second one is a first one.
      const [, ...steps] = planRelease(await record(), release, quickPolicy).steps.map(({ id }) => id);
      for (const [at, step] of steps.entries()) {
        const afterMs = Math.round(random() * longestLifeMs(step));
        const died = await shipAndDie(release, steps.slice(at), afterMs);
        ends[died ? 'died' : 'over'] += 1;
        moments.push(died ? `${step} + ${afterMs} ms` : `${step}: it was over before`);
      }
      const last = await shipToTheEnd(release);
      test.diagnostic(`seed ${seed}: ${moments.join(', ')}`);
      assert.equal(await last.exited, 0, last.lines.slice(-3).join('\n'));
      await poll(async () => (await record()).retiring.length === 0, 90_000);
      const now = await record();
      assert.deepEqual(now.live, { parity: parityOfRelease(release), release });
      assert.deepEqual(settledWeights(now)[peerOf(now.live.parity)], 0);
      assert.deepEqual(await endOf(release, now), goodEnd);
    });
  }

  it('was killed at most of these moments, and had come to its end before at the others', test => {
    const { died, over } = ends;
    test.diagnostic(`seed ${seed}: ${died} engines killed, ${over} that were over before`);
    assert.ok(died > over, `${died} of ${died + over}`);
  });

  it('that dies for good in the middle of a shift is ended by the keepers', async test => {
    const release = parseRelease('5');
    await control.register({ release, source: {} });
    const shipping = startProgram(engine, { folder: pair.folder, args: [release] });
    await poll(async () => (await record()).threshold === 500, 60_000);
    shipping.kill('SIGKILL');
    const { judgedUntil = '' } = await record();
    await poll(async () => (await record()).threshold === 0, 60_000);
    const { writes, live } = await record();
    const back = writes.find(({ what }) => what === 'take back');
    test.diagnostic(
      `${back?.who}: ${back?.why}, ${Date.parse(back?.at ?? '') - Date.parse(judgedUntil)} ms after the last judgement`,
    );
    assert.match(back?.who ?? '', /^keeper /);
    assert.equal(back?.why, 'nobody judged in time');
    assert.equal(live.release, releases.at(-1));
  });

  it('loses no paper and shows none twice in all of it', async test => {
    await fleet.stop();
    const { lost, duplicated, failed, failedRequests, attempt, examples } = await tallyOf(fleet, {
      clock,
      withinMs: 90_000,
    });
    test.diagnostic(
      `${attempt} papers, ${lost} lost, ${duplicated} shown twice, ${failed} not taken, ${failedRequests} requests failed`,
    );
    assert.deepEqual([lost, duplicated, failed], [0, 0, 0], examples.slice(0, 5).join('\n'));
  });
});
