import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { controlOf } from '../local/control/control-client.ts';
import { statePaths } from '../local/state/state-paths.ts';
import { systemClock as clock } from '../services/kit/ports.ts';
import { startCli } from './cli-process.ts';
import { watchFootprint } from './footprint.ts';
import { startFleetOf } from './fleet/fleet-of-pair.ts';
import { answeredBy } from './fleet/fleet.ts';
import { usualMix } from './fleet/papers.ts';
import { tallyOf } from './fleet/tally.ts';
import { startLongUploads } from './long-upload.ts';
import { machineLine } from './machine-line.ts';
import { presentFailures } from './outage.ts';
import { halfTheRatedLoad } from './rated-load.ts';
import { releaseFilesOf } from './release-files.ts';
import { startPairProcess, type RunningPair } from './running-pair.ts';

const perSecond = halfTheRatedLoad(process.env);
const drivers = 150;
const longAtOnce = 3;

let pair: RunningPair;

before(async () => {
  pair = await startPairProcess({});
});
after(async () => {
  await pair.stop();
  await pair.forget();
});

describe('a whole release under half the rated load', { timeout: 420_000 }, () => {
  it('fails no request, loses no paper and shows none twice, with 50 MB in flight over every step', async test => {
    const say = (line: string) => test.diagnostic(line);
    const fleet = await startFleetOf(pair.folder, { drivers, perSecond, mix: usualMix, name: 'whole' });
    const [sender] = fleet.senders;
    assert.ok(sender);
    const long = startLongUploads(sender, longAtOnce);
    await clock.delay(5_000);
    const [began, shippedAtMs] = [clock.monotonic(), clock.now()];
    const shipping = startCli(pair.folder, ['ship', '2', '--yes'], line =>
      process.stderr.write(`    ${line}\n`),
    );
    const footprint = watchFootprint(shipping, { pair, control: controlOf(statePaths(pair.folder)), clock });
    const code = await shipping.exited;
    const spent = await footprint.stop();
    const tookS = (clock.monotonic() - began) / 1000;
    await clock.delay(5_000);
    await Promise.all([fleet.stop(), long.stop()]);
    const uploads = [...fleet.uploads, ...long.uploads];
    const tally = await tallyOf({ ...fleet, uploads }, { clock, withinMs: 90_000 });
    say(machineLine());
    say(`${perSecond} papers a second, ${long.uploads.length} of 50 MB; settled after ${tookS.toFixed(0)} s`);
    spent.forEach(say);
    say(JSON.stringify({ ...tally, examples: tally.examples.slice(0, 3) }));
    say(JSON.stringify(Object.fromEntries(answeredBy(uploads))));
    say(`failed: ${presentFailures(uploads, shippedAtMs)} after the command`);
    assert.equal(code, 0, shipping.lines.slice(-5).join('\n'));
    assert.ok(tookS < 180, `the laptop's policy promises less than three minutes, not ${tookS} s`);
    const { attempt, lost, duplicated, failed, failedRequests, ok } = tally;
    assert.deepEqual(
      { lost, duplicated, failed, failedRequests, ok },
      {
        ...{ lost: 0, duplicated: 0, failed: 0, failedRequests: 0 },
        ok: attempt,
      },
    );
    const { live, threshold } = await releaseFilesOf(pair.folder).store.read();
    assert.deepEqual([live, threshold], [{ parity: 'even', release: '2' }, 0]);
  });
});
