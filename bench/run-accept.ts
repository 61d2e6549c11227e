import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { perParityAsync, type Parity } from '../domain/parity.ts';
import { parseRelease } from '../domain/release.ts';
import { startRabbitMq, type RunningBroker } from '../local/engines/rabbitmq.ts';
import { statePaths, type StatePaths } from '../local/state/state-paths.ts';
import { fullAccept, measureAccept } from './accept/measure-accept.ts';
import type { BenchWorld, PartOutcome } from './part.ts';
import { presentAccept } from './present.ts';

/** Measures the accept path with brokers of its own; everything lies in a new folder below the system's temporary one. */
export async function runAccept({ machine, closing, clock, tell }: BenchWorld): Promise<PartOutcome> {
  const root = await mkdtemp(join(tmpdir(), 'parity-bench-'));
  await closing.opened(() => rm(root, { recursive: true, force: true }));
  const paths = statePaths(root);
  const brokers = await perParityAsync(async parity => {
    const broker = await startBroker(parity, { machine, paths });
    await closing.opened(() => broker.stop());
    return broker;
  });
  const surroundings = { paths, release: parseRelease('1'), brokers, machine, closing };
  const { figures, verdicts, envoyVersion } = await measureAccept(surroundings, {
    ...fullAccept,
    ...{ clock, tell },
  });
  const [{ version }] = Object.values(brokers) as [RunningBroker];
  const versions = { Envoy: envoyVersion, RabbitMQ: version, '@tus/server': await pinnedTus() };
  return {
    part: 'accept',
    figures,
    lines: presentAccept(figures, availableParallelism()),
    verdicts,
    versions,
  };
}

function startBroker(
  name: Parity,
  { machine, paths }: Pick<BenchWorld, 'machine'> & { paths: StatePaths },
): Promise<RunningBroker> {
  const url = machine.env[`PARITY_RABBITMQ_${name.toUpperCase()}_URL`];
  return startRabbitMq({ machine, name, folder: paths.brokers[name], ...(url ? { url } : {}) });
}

async function pinnedTus(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  const { devDependencies } = JSON.parse(text) as { devDependencies: Record<string, string> };
  return devDependencies['@tus/server'] ?? 'unknown';
}
