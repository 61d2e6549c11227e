import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { bucketOf } from '../domain/claims.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import { parseRelease } from '../domain/release.ts';
import { decide } from '../domain/routing.ts';
import { controlOf, type Control } from '../local/control/control-client.ts';
import { statePaths } from '../local/state/state-paths.ts';
import { systemClock as clock } from '../services/kit/ports.ts';
import { startCli, type CliProcess } from './cli-process.ts';
import { presentRoute53 } from './drill/present-drill.ts';
import { startFleetOf } from './fleet/fleet-of-pair.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { PaperMix } from './fleet/papers.ts';
import { tallyOf } from './fleet/tally.ts';
import { whereUsersWent } from './kept-release.ts';
import { machineLine } from './machine-line.ts';
import { outageSince, presentFailures } from './outage.ts';
import { releaseFilesOf } from './release-files.ts';
import { startPairProcess, type RunningPair } from './running-pair.ts';

const [one, two] = [parseRelease('1'), parseRelease('2')];
const drivers = 60;
const perSecond = 12;
/** What a gateway sends again by itself has at most so many bytes (design.md §5). */
const smallBytes = 1024 * 1024;
const mix: PaperMix = {
  name: 'photos of 8 KB, one in ten of 2 MB',
  kinds: [
    { share: 0.9, kind: 'photo', bytes: 8_000 },
    { share: 0.1, kind: 'photo', bytes: 2_000_000 },
  ],
};

/** Promised at the laptop's setting of the health checks: every 250 ms, twice. */
const backWithinMs = 2_000;
/** How long the cluster stays away: long enough that everybody meets it, short of what a judgement lasts. */
const awayMs = 3_500;
/** Testers, whom the candidate serves from beta on. */
const testers = Array.from({ length: 10 }, (_, at) => `killed-${at + 1}`);

let pair: RunningPair;
let fleet: Fleet;
let control: Control;
let shipping: CliProcess | undefined;

before(async () => {
  pair = await startPairProcess({});
  control = controlOf(statePaths(pair.folder));
  await pair.parity('beta', 'add', ...testers);
  fleet = await startFleetOf(pair.folder, { drivers, perSecond, mix, name: 'killed' });
  await clock.delay(4_000);
});
after(async () => {
  await fleet.stop();
  await pair.stop();
  await pair.forget();
});

const record = () => releaseFilesOf(pair.folder).store.read();

/** Kills -9 everything of the cluster that plays live, has it away for a while, and looks at what drivers met. */
async function killLive(test: TestContext, when: string): Promise<void> {
  const { live, candidate, threshold, cohorts } = await record();
  const routing = { live, candidate, threshold, cohorts };
  const fromMs = clock.now();
  await control.kill({ cluster: live.parity, what: 'all' });
  await clock.delay(awayMs);
  const untilMs = clock.now();
  await control.heal({ cluster: live.parity, what: 'all' });
  await pair.untilReady(live.parity);
  const releaseOf = (user: string) => decide(routing, { bucket: bucketOf(user), cohorts: cohortsOf(user) });
  const went = whereUsersWent(fleet.uploads, { fromMs, untilMs, live: live.release, releaseOf });
  const [small, large] = [true, false].map(isSmall =>
    outageSince(
      fleet.uploads.filter(({ bytes }) => bytes <= smallBytes === isSmall),
      fromMs,
    ),
  );
  const { beganAfterMs, overAfterMs, mostTries } = outageSince(fleet.uploads, fromMs);
  const backMs = overAfterMs - beganAfterMs;
  const say = (what: string) => test.diagnostic(`${when}: ${what}`);
  say(
    `${live.parity} is dead, with ${live.release} live; service is back ${backMs.toFixed(0)} ms after the first request that failed`,
  );
  say(presentRoute53(backMs));
  say(`failed: ${presentFailures(fleet.uploads, fromMs)}`);
  say(
    `sent again: ${small?.failedTries} small and ${large?.failedTries} larger papers, ${mostTries} tries at most`,
  );
  say(`users whom their release served: ${went.kept}, whom ${live.release} served instead: ${went.onLive}`);
  assert.ok(backMs <= backWithinMs, `${backMs} ms`);
  assert.ok(mostTries <= 2, 'one repeat is enough for every paper');
  const notTaken = fleet.uploads.filter(
    ({ bytes, id, tries }) =>
      bytes <= smallBytes && id === undefined && tries.some(({ sentAt }) => sentAt <= untilMs),
  );
  say(`small papers that were not taken, with their repeat: ${notTaken.length}`);
  assert.deepEqual(notTaken, []);
  assert.deepEqual(went.elsewhere, []);
  assert.ok(went.kept + went.onLive > drivers / 2, 'too few were there to tell');
}

/** Testers' tokens name the cohort, as the fleet signed them. */
function cohortsOf(user: string): string {
  return testers.includes(user) ? ' beta ' : ' ';
}

/** An engine that waits or has taken it back has ended; then the next one goes on, or ships it again. */
async function shipUntil(isThere: (now: ReleaseRecord) => boolean): Promise<void> {
  for (let engines = 1; ; engines += 1) {
    shipping ??= startCli(pair.folder, ['ship', two, '--yes'], line => process.stderr.write(`    ${line}\n`));
    const over = new AbortController();
    void shipping.exited.then(() => over.abort());
    while (!over.signal.aborted) {
      if (isThere(await record())) return;
      await clock.delay(50);
    }
    assert.ok(engines < 4, shipping.lines.slice(-3).join('\n'));
    shipping = undefined;
  }
}

describe('the live cluster, killed', { timeout: 400_000 }, () => {
  it('at rest', async test => {
    test.diagnostic(machineLine());
    await killLive(test, 'at rest');
  });

  it('in beta', async test => {
    await pair.parity('ship', two, '--until', 'beta', '--yes');
    await killLive(test, 'in beta');
    assert.deepEqual((await record()).cohorts, ['smoke', 'beta']);
  });

  it('in a shift, a flip and a bake: one release goes through them all, or is taken back and shipped again', async test => {
    const phases: readonly (readonly [string, (now: ReleaseRecord) => boolean])[] = [
      ['in a shift', ({ threshold }) => threshold === 500],
      ['in a flip', ({ step, previous }) => step === 'flip' && previous !== undefined],
      ['in a bake', ({ step }) => step === 'bake'],
    ];
    for (const [phase, isThere] of phases) {
      await shipUntil(isThere);
      // Both gateways have it: what users meet from here on is the fault alone.
      await clock.delay(1_000);
      await killLive(test, phase);
    }
    const code = await shipping?.exited;
    const { live, threshold, candidate } = await record();
    test.diagnostic(
      `exit ${code}: ${live.release} is live on ${live.parity}, ${candidate ?? 'nothing'} is candidate`,
    );
    assert.ok(code === 0 || code === 3 || code === 4, shipping?.lines.slice(-3).join('\n'));
    assert.ok([one, two].includes(live.release) && threshold === 0);
  });

  it('has lost no paper and shown none twice in all of it', async test => {
    await fleet.stop();
    const tally = await tallyOf(fleet, { clock, withinMs: 90_000 });
    const { lost, duplicated, failed, attempt, examples } = tally;
    test.diagnostic(`${attempt} papers, ${lost} lost, ${duplicated} shown twice, ${failed} not taken`);
    assert.deepEqual([lost, duplicated, failed], [0, 0, 0], examples.slice(0, 5).join('\n'));
  });
});
