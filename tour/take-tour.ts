import { parities, peerOf, type Parity } from '../domain/parity.ts';
import { startCli } from '../faults/cli-process.ts';
import { startFleetOf } from '../faults/fleet/fleet-of-pair.ts';
import { answeredBy, type Fleet } from '../faults/fleet/fleet.ts';
import { usualMix } from '../faults/fleet/papers.ts';
import { tallyOf, type Tally } from '../faults/fleet/tally.ts';
import { machineLine } from '../faults/machine-line.ts';
import { outageSince } from '../faults/outage.ts';
import { poll, type RunningPair } from '../faults/running-pair.ts';
import type { ClusterStatus, PairStatus } from '../local/control/control-api.ts';
import { inColumns } from '../release/present/columns.ts';
import { presentDuration } from '../release/present/duration.ts';
import { systemClock as clock } from '../services/kit/ports.ts';

/**
 * A tenth of them meets sprint 3 first, and what is certain grows with the users who met it: of thirty it mostly is, and
 * of fewer a release whose evidence is against it waits for a person (docs/decisions/0065).
 */
const drivers = 300;
const perSecond = 10;
const testers = ['driver-1', 'driver-2', 'driver-3'];
const settleWithinMs = 60_000;

interface Figure {
  readonly what: string;
  readonly value: string;
}

/** Walks through it all and prints what happens; false when something was lost, shown twice, or ended badly. */
export async function takeTour(pair: RunningPair, print: (line: string) => void): Promise<boolean> {
  const say = (line: string) => print(`\n● ${line}`);
  const began = clock.monotonic() - pair.startedInS * 1_000;
  const figures: Figure[] = [{ what: 'pair up after', value: `${pair.startedInS.toFixed(1)} s` }];
  await pair.parity('beta', 'add', ...testers);
  const fleet = await startFleetOf(pair.folder, { drivers, perSecond, mix: usualMix, name: 'driver' });
  say(
    `${drivers} drivers send ${perSecond} papers a second: ${usualMix.name}; ${testers.join(', ')} test for us`,
  );

  say('Sprint 2 ships to even while they send');
  const good = await command(pair, print, ['ship', '2', '--yes']);
  figures.push({ what: 'release 2 from command to settled', value: presentDuration(good.tookMs) });

  say('Sprint 3 is bad: six requests in ten fail');
  const bad = await command(pair, print, ['ship', '3', '--fault', 'errors=60%', '--yes']);
  figures.push({ what: 'release 3 from command to taken back', value: presentDuration(bad.tookMs) });
  await command(pair, print, ['abort', '--why', 'the tour has seen enough']);

  figures.push(...(await killAndHeal({ pair, fleet, say, print })));
  say('The drivers stop; every paper is looked for, at its owner and on the phones');
  await fleet.stop();
  const tally = await tallyOf(fleet, { clock, withinMs: settleWithinMs });
  figures.push({ what: 'the whole tour', value: presentDuration(clock.monotonic() - began) });
  const ends = { good: good.code === 0, bad: bad.code === 3 };
  print(['', ...presentTour({ tally, fleet, figures, versions: await versionsOf(pair) })].join('\n'));
  if (!ends.good) print('Release 2 did not settle.');
  if (!ends.bad) print('Release 3 was not taken back.');
  return ends.good && ends.bad && tally.lost === 0 && tally.duplicated === 0;
}

async function command(
  { folder }: RunningPair,
  print: (line: string) => void,
  args: readonly string[],
): Promise<{ code: number | null; tookMs: number }> {
  print(`  $ ./parity ${args.join(' ')}`);
  const began = clock.monotonic();
  const code = await startCli(folder, args, line => print(`  ${line}`)).exited;
  return { code, tookMs: clock.monotonic() - began };
}

interface Stop {
  readonly pair: RunningPair;
  readonly fleet: Fleet;
  readonly say: (line: string) => void;
  readonly print: (line: string) => void;
}

/** How long everybody may see what it is like without the cluster. */
const withoutItMs = 5_000;

async function killAndHeal({ pair, fleet, say, print }: Stop): Promise<Figure[]> {
  const { clusters } = await statusOf(pair);
  const live = parities.find(parity => clusters[parity].role === 'live') as Parity;
  say(`The live cluster, ${live}, is killed: services, gateway, broker, keeper, by SIGKILL`);
  const killedAt = clock.now();
  await pair.parity('local', 'kill', live);
  await clock.delay(withoutItMs);
  const outage = outageSince(fleet.uploads, killedAt);
  print(`  ${peerOf(live)} takes every paper; drivers sent ${outage.failedTries} requests again`);
  say(`${live} is healed`);
  const healedAt = clock.monotonic();
  await pair.parity('local', 'heal', live);
  await poll(async () => (await statusOf(pair)).clusters[live].ready);
  return [
    {
      what: `${live} killed: every request answered again after`,
      value: presentDuration(outage.overAfterMs),
    },
    { what: '… the longest that a paper waited for its 202', value: presentDuration(outage.longestMs) },
    { what: '… ready again after its healing', value: presentDuration(clock.monotonic() - healedAt) },
  ];
}

async function statusOf(pair: RunningPair): Promise<PairStatus> {
  return JSON.parse(await pair.parity('status', '--json')) as PairStatus;
}

async function versionsOf(pair: RunningPair): Promise<Record<string, string>> {
  const { clusters, database } = await statusOf(pair);
  const [{ gateway, broker }] = Object.values(clusters) as [ClusterStatus];
  const versions = { Envoy: gateway.version, RabbitMQ: broker.version, database: database.version };
  return Object.fromEntries(Object.entries(versions).map(([name, version]) => [name, version ?? 'unknown']));
}

function presentTour(seen: {
  readonly tally: Tally;
  readonly fleet: Fleet;
  readonly figures: readonly Figure[];
  readonly versions: Readonly<Record<string, string>>;
}): string[] {
  const { tally, fleet, figures, versions } = seen;
  const { attempt, acknowledged, ok, lost, duplicated, failed, failedRequests } = tally;
  const counters = {
    attempt,
    acknowledged,
    ok,
    lost,
    duplicated,
    failed,
    'requests sent again': failedRequests,
  };
  const served = [...answeredBy(fleet.uploads)].map(([who, requests]) => `${who}: ${requests}`).join(', ');
  return [
    machineLine(versions),
    '',
    ...inColumns(Object.entries(counters).map(([name, value]) => [name, String(value)])),
    '',
    ...inColumns(figures.map(({ what, value }) => [what, value])),
    `a paper accepted: p50 ${tally.acceptP50Ms.toFixed(0)} ms, p99 ${tally.acceptP99Ms.toFixed(0)} ms`,
    `who accepted them: ${served}`,
    ...tally.examples.slice(0, 5).map(example => `NOT OK: ${example}`),
  ];
}
