import assert from 'node:assert/strict';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { RecordChange } from '../domain/next-record.ts';
import { parities, type Parity } from '../domain/parity.ts';
import { begin, rejectCandidate, shift, started } from '../domain/record-changes.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import { parseRelease } from '../domain/release.ts';
import { controlOf, type Control } from '../local/control/control-client.ts';
import { readTokenSigningKey } from '../local/keys/token-signing-key.ts';
import { releaseStore } from '../local/record/release-store.ts';
import { statePaths, type StatePaths } from '../local/state/state-paths.ts';
import { prometheusMetrics } from '../release/adapters/prometheus-metrics.ts';
import { explain } from '../release/gates/explain.ts';
import { judge } from '../release/gates/judge.ts';
import { askKeeper } from '../release/keeper/ask-keeper.ts';
import { laptopPolicy } from '../release/policies.ts';
import type { RecordStore } from '../release/ports.ts';
import { systemClock, systemRandom } from '../services/kit/ports.ts';
import { machineLine } from './machine-line.ts';
import { startOpenLoad, type OpenLoad } from './open-load.ts';
import { poll, residentBytes, startPairProcess, type RunningPair } from './running-pair.ts';
import { tokenUsers } from './user-tokens.ts';

/** From the figures that prove it to everybody being taken back, on such a machine. */
const promisedMs = laptopPolicy.gateIntervalMs + 1_000;

/** Promised on a machine that does nothing else; what was seen is printed beside it. What nothing explains is a fault. */
const promisedFollowMs = 1_000;
const hangsAboveMs = 15_000;

const candidate = parseRelease('2');

describe('keepers', { timeout: 240_000 }, () => {
  let pair: RunningPair;
  let paths: StatePaths;
  let control: Control;
  let store: RecordStore;

  before(async () => {
    pair = await startPairProcess();
    paths = statePaths(pair.folder);
    control = controlOf(paths);
    store = releaseStore({ paths, clock: systemClock, random: systemRandom }).store;
  });
  after(async () => {
    await pair.stop();
    await pair.forget();
  });

  const write = async (change: RecordChange) => {
    const why = { who: 'a test', what: 'a step', why: 'the engine is played', about: candidate };
    return await store.write(await store.read(), change, why);
  };
  const expose = (threshold: number, judgedForMs: number) =>
    write(record => shift(record, { threshold, judgedForMs, nowMs: Date.now() }));
  const deploy = async (fault?: string) => {
    await control.register({ release: candidate, source: {}, ...(fault && { fault }) });
    await control.run({ cluster: 'even', release: candidate, share: 1 });
    await poll(
      async () => (await control.workload({ cluster: 'even', release: candidate })).state === 'ready',
    );
    await write(record => begin(record, candidate));
    await write(record => started(record, { release: candidate, parity: 'even' }));
  };

  it('take back by themselves what has failed, within a gate interval and a second, and say why', async test => {
    await deploy('errors=20%');
    const load = await uploads(pair, paths);
    const exposed = await expose(500, 60_000);
    const { atMs: provenAtMs, why } = await untilProven(control, exposed);
    await poll(async () => (await store.read()).threshold === 0, 10_000);
    const { at, who, why: said } = (await store.read()).writes[0] ?? {};
    await Promise.all(parities.map(parity => untilRouted(control, parity, 0)));
    const routedMs = Date.now() - provenAtMs;
    const resident = await Promise.all(parities.map(parity => residentOf(control, parity)));
    await load.stop();
    test.diagnostic(machineLine());
    test.diagnostic(`proven by: ${why}`);
    test.diagnostic(
      `taken back by ${who}: ${said}; written ${Date.parse(at ?? '') - provenAtMs} ms and routed by both ` +
        `${routedMs} ms (promised: ${promisedMs}) after the figures proved it, ${provenAtMs - Date.parse(exposed.evidence?.from ?? '')} ms after the shift`,
    );
    test.diagnostic(`resident: ${resident.map(bytes => `${Math.round(bytes / 1e6)} MB`).join(' and ')}`);
    assert.match(who ?? '', /^keeper (odd|even)$/);
    assert.ok(
      laptopPolicy.gates.some(({ name }) => said?.startsWith(`${name}: `)),
      said,
    );
    assert.ok(routedMs <= hangsAboveMs);
    assert.ok(Math.max(...resident) < 150e6);
  });

  it('follow a shift within a second, and at once when they are nudged', async test => {
    const [polled, nudged]: number[][] = [[], []];
    for (let threshold = 100; threshold <= 500; threshold += 100) {
      await expose(threshold, 60_000);
      polled?.push(
        await timeOf(() => Promise.all(parities.map(parity => untilRouted(control, parity, threshold)))),
      );
      await expose(threshold + 50, 60_000);
      nudged?.push(
        await timeOf(async () => {
          const { clusters } = await control.status();
          await Promise.all(parities.map(parity => askKeeper(clusters[parity].keeper.url).nudge()));
          await Promise.all(parities.map(parity => untilRouted(control, parity, threshold + 50)));
        }),
      );
    }
    test.diagnostic(
      `until both gateways route by it: polled ${polled} (promised: ${promisedFollowMs}), nudged ${nudged} ms`,
    );
    assert.ok(Math.max(...(polled ?? []), ...(nudged ?? [])) <= hangsAboveMs);
  });

  it('end what nobody judges, also with the store away and after they were killed', async test => {
    const { judgedUntil = '' } = await expose(600, 15_000);
    await Promise.all(parities.map(parity => untilRouted(control, parity, 600)));
    await rename(paths.releases, `${paths.releases}.away`);
    const { pid } = (await control.status()).clusters.odd.keeper;
    process.kill(pid ?? 0, 'SIGKILL');
    await Promise.all(parities.map(parity => untilRouted(control, parity, 0)));
    const lateMs = Date.now() - Date.parse(judgedUntil);
    await rename(`${paths.releases}.away`, paths.releases);
    await poll(async () => (await store.read()).threshold === 0, 10_000);
    const { who, why } = (await store.read()).writes[0] ?? {};
    test.diagnostic(
      `ended ${lateMs} ms after nobody had judged any more (promised: ${promisedFollowMs}); then written by ${who}: ${why}`,
    );
    assert.ok(lateMs >= 0 && lateMs <= hangsAboveMs);
    assert.equal(why, 'nobody judged in time');
    await write(rejectCandidate);
  });
});

/** Sixty drivers who upload and look, by both gateways. */
async function uploads(pair: RunningPair, paths: StatePaths): Promise<OpenLoad> {
  const users = await tokenUsers(await readTokenSigningKey(paths.keys), { count: 60 });
  const body = await readFile(join(import.meta.dirname, '..', 'samples', 'consignment-note.pdf'));
  const requests = users.flatMap(({ user, authorization }, at) => {
    const url = `${pair.gateways[at % 2 === 0 ? 'odd' : 'even']}/v1/documents`;
    const upload = { 'content-type': 'application/pdf', authorization };
    return [
      { who: user, url, method: 'POST' as const, headers: upload, body },
      { who: user, url, method: 'GET' as const, headers: { authorization } },
    ];
  });
  return startOpenLoad({ perSecond: 40, timeoutMs: 10_000, requests });
}

/** When figures first prove that the candidate is worse, as anybody can see who looks at them all the time. */
async function untilProven(control: Control, record: ReleaseRecord): Promise<{ atMs: number; why: string }> {
  const { url } = (await control.status()).prometheus;
  const metrics = prometheusMetrics({ url, clock: systemClock });
  for (;;) {
    const nowMs = Date.now();
    const judgement = await judge(record, { metrics, policy: laptopPolicy, nowMs });
    if (judgement.verdict === 'worse') return { atMs: nowMs, why: explain(judgement).join('; ') };
    assert.ok(nowMs - Date.parse(record.evidence?.from ?? '') < 60_000, judgement.why);
    await pause(50);
  }
}

/** @throws AssertionError when that takes longer than anything explains */
async function untilRouted(control: Control, cluster: Parity, threshold: number): Promise<void> {
  const deadline = performance.now() + 2 * hangsAboveMs;
  for (;;) {
    const [rendered] = await control.readBackRouting({ cluster });
    if (rendered?.routing.threshold === threshold) return;
    assert.ok(performance.now() < deadline, `${cluster} routes by ${JSON.stringify(rendered)}`);
    await pause(10);
  }
}

async function residentOf(control: Control, parity: Parity): Promise<number> {
  return await residentBytes((await control.status()).clusters[parity].keeper.pid ?? 0);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return Math.round(performance.now() - began);
}
