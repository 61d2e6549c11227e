import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { bucketOf } from '../domain/claims.ts';
import { parities, type Parity } from '../domain/parity.ts';
import { decide, type Routing } from '../domain/routing.ts';
import { openGatewayWorld, type GatewayWorld } from '../local/gateway/gateway-world.ts';
import { resourceName } from '../local/gateway/envoy/names.ts';
import { fileOf, watchedFile } from '../local/gateway/envoy/sources.ts';
import { watchedFolder } from '../local/gateway/render-gateway.ts';
import { systemClock } from '../services/kit/ports.ts';
import { machineLine } from './machine-line.ts';
import { percentile, startOpenLoad, type LoadRequest, type LoadSample } from './open-load.ts';
import { movesWithin, releaseOf, type ShiftWindow, type UserMoves } from './shift-moves.ts';
import { tokenUsers, type TokenUser } from './user-tokens.ts';

/** Thresholds that go up in small and large steps, and come back at once. */
const thresholds = [10, 50, 100, 250, 500, 750, 1000, 400, 50, 0];

const routesFile = fileOf.routes(resourceName.ingressRoutes);

/** Promised on a machine that does nothing else, so it is not asserted: `held` or `MISSED` is printed beside what was seen. */
const promisedMs = 50;

const warmMs = 5_000;

/** What no busy neighbour explains, and fails: 800 ms were seen where 1,000 requests waited and six programs shared a core. */
const hangsAboveMs = 1_500;

/** Few enough for each to ask either gateway ten times a second, which is several times within a shift. */
const userCount = 50;

/** Who came over and went back has been seen on one side, on the other, and again on the first. */
const requestsThatTell = 3;

describe('a shift', () => {
  it('repeats no request at 1,000 a second, and moves nobody twice', { timeout: 480_000 }, async test => {
    const world = await openGatewayWorld(test);
    const users = spread(await tokenUsers(world.signing, { count: 500 }));
    const load = startOpenLoad({ perSecond: 1_000, timeoutMs: 10_000, requests: atBoth(world, users) });
    // Of programs that have just been started nobody asks how quick they are.
    await systemClock.delay(warmMs);
    const shifts: Shift[] = [];
    for (let index = 0; index < 100; index++) {
      const threshold = thresholds[index % thresholds.length] ?? 0;
      const askedAt = performance.timeOrigin + performance.now();
      const record = await world.route({ threshold });
      const appliedAt = performance.timeOrigin + performance.now();
      shifts.push({ record, askedAt, appliedAt, renamedAt: await renamedAt(world) });
      await systemClock.delay(400);
    }
    const samples = await load.stop();
    const last = lastOnOldSide(world, duringEach(samples, shifts), shifts);
    const moves = movesWithin(samples, windowsOf(shifts));
    report(test, { samples, shifts, last, moves });
    assert.deepEqual(samples.filter(({ status, tries }) => status !== 200 || tries > 1).slice(0, 5), []);
    assert.deepEqual(
      moves.filter(each => each.moves > 1),
      [],
    );
    assert.ok(
      percentile(requestsOf(moves), 0.1) >= requestsThatTell,
      'too few requests to see who moves twice',
    );
    assert.ok(percentile(last, 0.99) <= hangsAboveMs);
  });

  it(
    'has 20,000 users each exactly where his bucket says, at either gateway',
    { timeout: 480_000 },
    async test => {
      const world = await openGatewayWorld(test);
      const record = await world.route({ threshold: 370 });
      const users = await tokenUsers(world.signing, { count: 20_000 });
      let wrong = 0;
      const check = async (parity: Parity, { user, authorization }: TokenUser) => {
        const answer = await fetch(`${world.urls[parity]}/v1/documents`, { headers: { authorization } });
        await answer.body?.cancel();
        const release = answer.headers.get('x-parity-served-by')?.split('/')[1];
        if (release !== expected(record, user)) wrong += 1;
      };
      for (let from = 0; from < users.length; from += 50) {
        const some = users.slice(from, from + 50);
        await Promise.all(parities.flatMap(parity => some.map(user => check(parity, user))));
      }
      const onCandidate = users.filter(({ user }) => expected(record, user) === record.candidate).length;
      test.diagnostic(
        `${users.length} users at both gateways, ${onCandidate} on the candidate, ${wrong} elsewhere`,
      );
      assert.equal(wrong, 0);
    },
  );
});

interface Shift {
  readonly record: Routing;
  /** When the record was given to the gateways, when their files were renamed, when they said that they work by it. */
  readonly askedAt: number;
  readonly renamedAt: Readonly<Record<Parity, number>>;
  readonly appliedAt: number;
}

/** One user for each of as many equal ranges of buckets: each small step of a threshold moves somebody. */
function spread(users: readonly TokenUser[]): TokenUser[] {
  const sorted = users.toSorted(
    (first, second) => Number(bucketOf(first.user)) - Number(bucketOf(second.user)),
  );
  const ranges = Map.groupBy(sorted, ({ user }) => Math.floor((Number(bucketOf(user)) * userCount) / 1000));
  return [...ranges.values()].map(([first]) => first as TokenUser);
}

function atBoth({ urls }: GatewayWorld, users: readonly TokenUser[]): LoadRequest[] {
  return users.flatMap(({ user, authorization }) =>
    parities.map(parity => {
      const url = `${urls[parity]}/v1/documents`;
      return { who: user, url, method: 'GET', headers: { authorization } } as const;
    }),
  );
}

function expected(routing: Routing, user: string): string {
  return decide(routing, { bucket: bucketOf(user), cohorts: ' ' });
}

/** When the routes last came into the folder that Envoy watches: a rename sets the time of change. */
async function renamedAt({ paths }: GatewayWorld): Promise<Record<Parity, number>> {
  const of = async (parity: Parity) =>
    (await stat(watchedFile(join(paths.gateways[parity], watchedFolder), routesFile))).ctimeMs;
  return { odd: await of('odd'), even: await of('even') };
}

/** What was sent from one shift's command to the next one's, in order. */
function duringEach(samples: readonly LoadSample[], shifts: readonly Shift[]): LoadSample[][] {
  const during = shifts.map((): LoadSample[] => []);
  let at = -1;
  for (const sample of samples) {
    while (sample.sentAt >= (shifts[at + 1]?.askedAt ?? Infinity)) at += 1;
    during[at]?.push(sample);
  }
  return during;
}

/** For each shift and gateway: how long after the rename the last request was sent that the side before answered. */
function lastOnOldSide(
  world: GatewayWorld,
  during: readonly LoadSample[][],
  shifts: readonly Shift[],
): number[] {
  return shifts.slice(1).flatMap((shift, at) => {
    const before = (shifts[at] as Shift).record;
    return parities.map(parity => {
      const old = (during[at + 1] ?? []).filter(
        sample =>
          sample.url.startsWith(world.urls[parity]) &&
          expected(before, sample.who) !== expected(shift.record, sample.who) &&
          releaseOf(sample) === expected(before, sample.who),
      );
      return Math.max(0, (old.at(-1)?.sentAt ?? 0) - shift.renamedAt[parity]);
    });
  });
}

/** Where everybody was before the first shift nobody asked. */
function windowsOf(shifts: readonly Shift[]): ShiftWindow[] {
  return shifts.slice(1).map((shift, at) => {
    const { record } = shifts[at] as Shift;
    const untilMs = shifts[at + 2]?.askedAt ?? Infinity;
    return { fromMs: shift.askedAt, untilMs, before: who => expected(record, who) };
  });
}

function requestsOf(moves: readonly UserMoves[]): number[] {
  return moves.map(({ requests }) => requests);
}

interface Seen {
  readonly samples: readonly LoadSample[];
  readonly shifts: readonly Shift[];
  readonly last: readonly number[];
  readonly moves: readonly UserMoves[];
}

function report(test: TestContext, { samples, shifts, last, moves }: Seen): void {
  const applying = shifts.map(({ askedAt, appliedAt }) => appliedAt - askedAt);
  const show = (values: readonly number[]) =>
    [0.5, 0.99, 1].map(share => percentile(values, share).toFixed(1)).join(' / ');
  const answers = show(samples.map(({ ms }) => ms));
  test.diagnostic(machineLine());
  test.diagnostic(
    `${samples.length} requests, ${shifts.length} shifts: answered in p50 / p99 / max ${answers} ms`,
  );
  const [few, usual] = [0.1, 0.5].map(share => percentile(requestsOf(moves), share));
  const moved = moves.filter(each => each.moves > 0).length;
  const twice = moves.filter(each => each.moves > 1).length;
  test.diagnostic(
    `p10 / p50 ${few} / ${usual} requests of a user at a gateway within a shift; ${moved} times somebody moved, ${twice} times twice`,
  );
  const verdict = percentile(last, 0.99) <= promisedMs ? 'held' : 'MISSED';
  test.diagnostic(
    `last request on the old side, p50 / p99 / max ${show(last)} ms after the rename (p99 ≤ ${promisedMs} ms: ${verdict})`,
  );
  test.diagnostic(`a record validated, applied and read back at both gateways: ${show(applying)} ms`);
}
