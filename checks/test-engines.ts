import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parities } from '../domain/parity.ts';
import { startDatabase } from '../local/engines/database.ts';
import type { Machine, RunningEngine } from '../local/engines/engine.ts';
import { startRabbitMq } from '../local/engines/rabbitmq.ts';

/** Engines that all engine tests of a run share. */
export interface TestEngines {
  /** Where they are, for the tests' processes. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Starts a broker per cluster and a database, from URLs, PATH or the registries like any laptop, in a folder of their
 * own, and says which versions they are.
 * @throws ParityError `engine_missing` when one cannot be had: engine tests fail then, they are never skipped.
 */
export async function startTestEngines(print: (line: string) => void): Promise<TestEngines> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-test-'));
  const machine: Machine = { env: process.env, progress: line => print(`  ${line}`) };
  const given = (variable: string) => process.env[variable];
  const brokers = parities.map(parity =>
    startRabbitMq({
      machine,
      name: parity,
      folder: join(folder, parity),
      url: given(`PARITY_RABBITMQ_${parity.toUpperCase()}_URL`),
    }),
  );
  const database = startDatabase({
    machine,
    folder: join(folder, 'database'),
    url: given('PARITY_MONGODB_URL'),
  });
  const forget = () => rm(folder, { recursive: true, force: true });
  const engines = await allOrNone<RunningEngine>([...brokers, database]).catch(async (error: unknown) => {
    await forget();
    throw error;
  });
  for (const { name, version, source } of engines) print(`  ${name}: ${version} (${source})`);
  const variables = [
    ...parities.map(parity => `PARITY_TEST_RABBITMQ_${parity.toUpperCase()}_URL`),
    'PARITY_TEST_MONGODB_URL',
  ];
  return {
    env: Object.fromEntries(variables.map((variable, at) => [variable, engines[at]?.url ?? ''])),
    stop: async () => {
      await Promise.all(engines.map(engine => engine.stop()));
      await forget();
    },
  };
}

/** What starts, once all of it has; where something does not, the rest is stopped. @throws as the first that does not */
export async function allOrNone<Engine extends Pick<RunningEngine, 'stop'>>(
  starting: readonly Promise<Engine>[],
): Promise<Engine[]> {
  const ends = await Promise.allSettled(starting);
  const started = ends.flatMap(end => (end.status === 'fulfilled' ? [end.value] : []));
  const failed = ends.find(end => end.status === 'rejected');
  if (failed === undefined) return started;
  await Promise.all(started.map(engine => engine.stop()));
  throw failed.reason;
}
