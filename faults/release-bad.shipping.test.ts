import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parseRelease } from '../domain/release.ts';
import { laptopPolicy } from '../release/policies.ts';
import { systemClock as clock } from '../services/kit/ports.ts';
import { startCli } from './cli-process.ts';
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

/** A build of sprint 2 for each fault, and what its explanation must name. */
const builds: readonly { readonly fault: string; readonly release: string; readonly gate: RegExp }[] = [
  { fault: 'errors=30%', release: '2', gate: /errors/ },
  { fault: 'latency=+600ms', release: '2.1', gate: /slow/ },
  // Its smoke test may already meet a push that fails.
  { fault: 'push-errors=40%', release: '2.2', gate: /pushes failed|shows the push/ },
  { fault: 'stuck', release: '2.3', gate: /stuck/ },
  { fault: 'crash', release: '2.4', gate: /restarts|errors|was not ready|ended/ },
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

describe('a bad release', { timeout: 600_000 }, () => {
  for (const { fault, release, gate } of builds) {
    it(`takes itself back, and says why: ${fault}`, async test => {
      const shipping = startCli(pair.folder, ['ship', release, '--fault', fault, '--yes', '--json']);
      const code = await shipping.exited;
      const told = shipping.lines.join('\n');
      const { store, journal } = releaseFilesOf(pair.folder);
      const { live, threshold, cohorts } = await store.read();
      test.diagnostic(`${fault}: exit ${code}: ${told.slice(0, 400)}`);
      assert.ok(code === 3 || code === 1, told);
      assert.match(told, gate);
      assert.deepEqual([live.release, threshold, cohorts], ['1', 0, []]);
      const steps = (await journal.read(parseRelease(release))).filter(entry => entry.kind === 'step');
      assert.notEqual(steps.at(-1)?.outcome, 'done');
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
