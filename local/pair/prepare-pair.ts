import { join } from 'node:path';
import { settledWeights } from '../../domain/dns-weights.ts';
import { parities } from '../../domain/parity.ts';
import { namedReleases } from '../../domain/record-laws.ts';
import { parseRelease, type Release } from '../../domain/release.ts';
import { keepDnsFile } from '../dns/dns-file.ts';
import type { StandInAccount } from '../fcm/service-account.ts';
import { refuseLostMasterKey } from '../keys/lost-master-key.ts';
import { prepareKeys } from '../keys/prepare-keys.ts';
import { openRecordFile, type RecordFile } from '../record/record-file.ts';
import { openReleaseRegistry, type ReleaseRegistry } from '../releases/release-registry.ts';
import { holdState } from '../state/hold-state.ts';
import { makePrivateFolder } from '../state/private-file.ts';
import { removeRunFile, writeRunFile } from '../state/run-file.ts';
import type { StatePaths } from '../state/state-paths.ts';
import { beginAnew } from './begin-anew.ts';
import type { Closing } from './closing.ts';
import { pairAddresses, type PairAddresses } from './pair-addresses.ts';
import { takePorts } from './pair-ports.ts';
import type { PairOptions } from './pair-options.ts';
import { readSettings, type Settings } from './read-settings.ts';

/** The release that a new pair runs. */
const firstRelease = parseRelease('1');

/** What is there before anything runs. */
export interface PreparedPair {
  readonly addresses: PairAddresses;
  readonly startedAt: string;
  readonly record: RecordFile;
  readonly registry: ReleaseRegistry;
  /** The public half of the account that sends pushes. */
  readonly account: StandInAccount;
  /** What services are told beside their places. */
  readonly settings: Settings;
}

/**
 * Reads what is set, takes the state folder, makes sure of the ports, and makes what is missing of folders, keys and
 * record.
 * @throws ParityError `invalid_configuration`, `already_running`, `port_taken`, `would_lose`, `invalid_record`,
 *   `file_unavailable`, and what its releases' sources are short of
 */
export async function preparePair(options: PairOptions, closing: Closing): Promise<PreparedPair> {
  const { paths, clock, random } = options;
  const settings = readSettings(options);
  const held = await holdState(paths);
  await closing.opened(() => held.release());
  await takePorts(options.ports);
  if (options.fresh) await beginAnew(paths);
  const addresses = pairAddresses(options.ports);
  const startedAt = new Date(clock.now()).toISOString();
  await writeRunFile(paths, { pid: options.process.pid, startedAt, ...addresses });
  await closing.opened(() => removeRunFile(paths));
  await Promise.all(foldersOf(paths).map(makePrivateFolder));
  await refuseLostMasterKey(paths);
  const [record, account] = await Promise.all([
    openRecordFile(paths.releases, { release: firstRelease, clock, random }),
    prepareKeys(paths.keys, { tokenUri: `${addresses.phonesUrl}/token`, clock, random }),
  ]);
  await keepDnsFile(paths.dns, settledWeights(record.current()));
  const registry = await openRegistry(options, record, closing.begun);
  return { addresses, startedAt, record, registry, account, settings };
}

const project = join(import.meta.dirname, '..', '..');

/** Everything that the record names is at hand from here on, and nothing else is kept. */
async function openRegistry(
  { paths, env, process, tell }: PairOptions,
  record: RecordFile,
  stop: AbortSignal,
): Promise<ReleaseRegistry> {
  const isNamed = (release: Release) => namedReleases(record.current()).includes(release);
  const around = { folder: paths.builds, project, node: process.node, env, isNamed, tell, stop };
  const registry = await openReleaseRegistry(around);
  for (const release of namedReleases(record.current())) await registry.restore(release);
  await registry.prune();
  return registry;
}

function foldersOf(paths: StatePaths): string[] {
  const own = parities.flatMap(parity => [paths.brokers[parity], paths.gateways[parity]]);
  return [paths.spool, paths.vault, paths.database, paths.phones, paths.logFolder, ...own];
}
