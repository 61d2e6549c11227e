import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { bucketOf } from '../domain/claims.ts';
import type { RecordChange } from '../domain/next-record.ts';
import { parities, type Parity } from '../domain/parity.ts';
import { enterStep, flip, shift, started } from '../domain/record-changes.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import { shiftStepId } from '../domain/release-step.ts';
import { parseRelease, type Release } from '../domain/release.ts';
import { decide } from '../domain/routing.ts';
import { laptopChecks } from '../local/checks/laptop-checks.ts';
import { controlOf, type Control } from '../local/control/control-client.ts';
import { readTokenSigningKey } from '../local/keys/token-signing-key.ts';
import { openReleaseWorld } from '../local/release-world.ts';
import { statePaths } from '../local/state/state-paths.ts';
import { untilRendered } from '../release/converge.ts';
import { rollBack } from '../release/orders.ts';
import { laptopPolicy as policy } from '../release/policies.ts';
import type { ReleaseWorld } from '../release/ports.ts';
import { rewrite } from '../release/rewrite.ts';
import { shiftByHand } from '../release/shift-by-hand.ts';
import { systemClock as clock, systemRandom as random } from '../services/kit/ports.ts';
import { machineLine } from './machine-line.ts';
import { percentile, startOpenLoad, type LoadSample, type OpenLoad } from './open-load.ts';
import { poll, startPairProcess, type RunningPair } from './running-pair.ts';
import { tokenUsers } from './user-tokens.ts';

const two = parseRelease('2');
const users = 300;
const perSecond = 150;
/** From the command to the last request on the old side, promised on a machine that does nothing else (issue 5). */
const promisedMs = 1_000;
/** What no busy neighbour explains. */
const hangsAboveMs = 10_000;
const word = { who: 'a test', why: 'to see how long it takes' };
/** Each moves four users of ten or more. */
const thresholds = [100, 500, 900, 300, 700];
const judgedForMs = 120_000;
/** After everybody has it, so that whoever is still on the old side is seen. */
const aftermathMs = 100;

let pair: RunningPair;
let world: ReleaseWorld;
let control: Control;
let load: OpenLoad;

/** A command that was given, and where it left users. */
interface Given {
  readonly what: string;
  readonly askedAtMs: number;
  readonly doneAtMs: number;
  readonly untilMs: number;
  readonly before: ReleaseRecord;
  readonly after: ReleaseRecord;
}
const given: Given[] = [];

before(async () => {
  pair = await startPairProcess({});
  const paths = statePaths(pair.folder);
  control = controlOf(paths);
  const sourceOf = (release: Release) => control.source({ release });
  const checks = laptopChecks({ paths, control, clock, random, fetch, sourceOf });
  world = await openReleaseWorld({ paths, control, checks, clock, random });
  await pair.parity('ship', two, '--until', 'beta', '--yes');
  const requests = (await tokenUsers(await readTokenSigningKey(paths.keys), { count: users })).flatMap(
    ({ user, authorization }) =>
      // Refused to drivers by whichever release serves it, and asks no database.
      parities.map(parity => {
        const url = `${pair.gateways[parity]}/v1/admin/parked`;
        return { who: user, url, method: 'GET', headers: { authorization } } as const;
      }),
  );
  load = startOpenLoad({ perSecond, timeoutMs: 10_000, requests });
});
after(async () => {
  await pair.stop();
  await pair.forget();
});

/** Brings the record to where a command finds it, and waits until both gateways route by it. */
async function setScene(change: RecordChange): Promise<void> {
  const record = await rewrite(world, change, { ...word, what: 'set the scene' });
  assert.equal(await untilRendered(world, record, { withinMs: 10_000 }), undefined);
}

const judged = () => ({ nowMs: clock.now(), judgedForMs });
const shiftTo = (threshold: number) => (record: ReleaseRecord) =>
  enterStep(shift(record, { threshold, ...judged() }), shiftStepId(threshold));

/** What keepers said when they took the release back in the middle of it. */
const interruptions: string[] = [];

/** A command that users are moved by, and what it finds. */
interface Command {
  readonly what: string;
  readonly scene: () => Promise<unknown>;
  readonly command: () => Promise<unknown>;
}

/**
 * Gives a command and notes when. A machine that stalls makes the candidate slower than the live release, and keepers
 * take it back, as they must: then the command is given once more.
 */
async function give({ what, scene, command }: Command): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await scene();
    const before = await world.store.read();
    const askedAtMs = performance.timeOrigin + performance.now();
    const refused: unknown = await command().then(() => undefined, String);
    const doneAtMs = performance.timeOrigin + performance.now();
    await clock.delay(aftermathMs);
    const after = await world.store.read();
    const [last] = after.writes;
    if (last?.who.startsWith('keeper ')) {
      interruptions.push(`${last.who}: ${last.why}`);
      assert.ok(tries < 3, interruptions.join('\n'));
      continue;
    }
    assert.equal(refused, undefined);
    const untilMs = performance.timeOrigin + performance.now();
    given.push({ what, askedAtMs, doneAtMs, untilMs, before, after });
    return;
  }
}

/** Users can be shifted to it. */
async function inBeta(): Promise<void> {
  const { step } = await world.store.read();
  if (step === undefined) await pair.parity('ship', two, '--until', 'beta', '--yes');
}

function releaseFor({ live, candidate, threshold, cohorts }: ReleaseRecord, user: string): Release {
  return decide({ live, candidate, threshold, cohorts }, { bucket: bucketOf(user), cohorts: ' ' });
}

/** For each command and gateway: after how long the last request was sent that the side before answered. */
function lastOnOldSide(
  samples: readonly LoadSample[],
  { askedAtMs, untilMs, before, after }: Given,
): number[] {
  const during = samples.filter(({ sentAt }) => sentAt >= askedAtMs && sentAt < untilMs);
  return parities.map((parity: Parity) => {
    const old = during.filter(({ url, who, servedBy }) => {
      const was = releaseFor(before, who);
      return (
        url.startsWith(pair.gateways[parity]) &&
        was !== releaseFor(after, who) &&
        servedBy.endsWith(`/${was}`)
      );
    });
    return Math.max(0, (old.at(-1)?.sentAt ?? 0) - askedAtMs);
  });
}

function report(test: TestContext, what: string, samples: readonly LoadSample[]): number {
  const commands = given.filter(each => each.what === what);
  const last = commands.flatMap(each => lastOnOldSide(samples, each));
  const p99Ms = percentile(last, 0.99);
  const show = (values: readonly number[]) =>
    [0.5, 0.9, 0.99, 1].map(share => percentile(values, share).toFixed(0)).join(' / ');
  test.diagnostic(
    `${commands.length} × ${what}: last request on the old side p50 / p90 / p99 / max ${show(last)} ms after the command ` +
      `(p99 ≤ ${promisedMs} ms: ${p99Ms <= promisedMs ? 'held' : 'MISSED'}); ` +
      `answered after ${show(commands.map(({ askedAtMs, doneAtMs }) => doneAtMs - askedAtMs))} ms`,
  );
  return p99Ms;
}

describe('from the command to the last request on the old side', { timeout: 400_000 }, () => {
  it('is given over and over', async () => {
    for (let at = 0; at < 100; at += 1) {
      const threshold = thresholds[at % thresholds.length] ?? 0;
      const shifted = () => shiftByHand(world, { ...word, threshold, policy });
      await give({ what: 'shift', scene: inBeta, command: shifted });
    }
    for (let at = 0; at < 5; at += 1) {
      const percent = (thresholds[at % thresholds.length] ?? 0) / 10;
      await give({
        what: 'shift from a shell',
        scene: inBeta,
        command: () => pair.parity('shift', `${percent}`),
      });
    }
    const rolledBack = () => rollBack(world, { ...word, policy });
    for (let at = 0; at < 25; at += 1) {
      await give({ what: 'rollback', scene: () => setScene(shiftTo(500 + at)), command: rolledBack });
    }
    const { live } = await world.store.read();
    await control.run({ cluster: live.parity, release: two, share: 1 });
    await poll(
      async () => (await control.workload({ cluster: live.parity, release: two })).state === 'ready',
    );
    await setScene(record => started(record, { release: two, parity: live.parity }));
    const baking = async () => {
      await setScene(shiftTo(1000));
      await setScene(record => flip(record, judged()));
    };
    for (let at = 0; at < 25; at += 1) {
      await give({ what: 'taking back a bake', scene: baking, command: rolledBack });
    }
  });

  it('is short: at most a second, in 99 of 100 cases, on a machine that does nothing else', async test => {
    const samples = await load.stop();
    test.diagnostic(machineLine());
    for (const said of interruptions) test.diagnostic(`taken back meanwhile, and given again: ${said}`);
    test.diagnostic(`${samples.length} requests, ${perSecond} a second at both gateways, of ${users} users`);
    for (const what of ['shift', 'rollback', 'taking back a bake']) {
      const p99Ms = report(test, what, samples);
      assert.ok(p99Ms <= hangsAboveMs, `${p99Ms} ms`);
    }
    // A shell's command starts a process first, which is as slow as the machine is busy.
    report(test, 'shift from a shell', samples);
    const failed = samples.filter(({ status }) => status !== 403);
    assert.deepEqual(failed.slice(0, 5), []);
  });
});
