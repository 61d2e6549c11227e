import { startPairProcess, type RunningPair } from '../faults/running-pair.ts';
import type { ClusterStatus, PairStatus } from '../local/control/control-api.ts';
import type { BenchWorld, PartName, PartOutcome } from './part.ts';
import { presentPush, presentStream } from './present.ts';
import { judgePush, measurePush } from './push/measure-push.ts';
import { judgeRated, measureRated, presentRated } from './rated/measure-rated.ts';
import { judgeStream } from './stream/judge-stream.ts';
import { measureStream } from './stream/measure-stream.ts';

type PairPart = Exclude<PartName, 'accept'>;

const pushed = { documents: 50, bytes: 200_000 } as const;
const streamed = { bytes: 2_000_000_000 } as const;

type Measured = Omit<PartOutcome, 'part' | 'versions'>;

const measures: Readonly<Record<PairPart, (pair: RunningPair, world: BenchWorld) => Promise<Measured>>> = {
  push: async (pair, { clock }) => {
    const figures = await measurePush(pair, { ...pushed, clock });
    return { figures, lines: presentPush(figures), verdicts: judgePush(figures) };
  },
  rated: async (pair, { clock }) => {
    const figures = await measureRated(pair, { clock });
    return { figures, lines: presentRated(figures), verdicts: judgeRated(figures) };
  },
  stream: async (pair, { clock }) => {
    const figures = await measureStream(pair, { ...streamed, clock });
    return { figures, lines: presentStream(figures), verdicts: judgeStream(figures) };
  },
};

/** Starts a pair as its users do, and has each part measure it. */
export async function runOnPair(parts: readonly PairPart[], world: BenchWorld): Promise<PartOutcome[]> {
  world.tell('starting a pair');
  const pair = await startPairProcess({});
  await world.closing.opened(() => pair.forget());
  await world.closing.opened(() => pair.stop());
  const versions = versionsOf(JSON.parse(await pair.parity('status', '--json')) as PairStatus);
  const outcomes: PartOutcome[] = [];
  for (const part of parts) {
    world.tell(`${part}: measuring`);
    outcomes.push({ part, versions, ...(await measures[part](pair, world)) });
  }
  return outcomes;
}

function versionsOf({ clusters, database, prometheus }: PairStatus): Record<string, string> {
  const [{ gateway, broker }] = Object.values(clusters) as [ClusterStatus];
  const versions = {
    Envoy: gateway.version,
    RabbitMQ: broker.version,
    database: database.version,
    Prometheus: prometheus.version,
  };
  return Object.fromEntries(Object.entries(versions).map(([name, version]) => [name, version ?? 'unknown']));
}
