import { readTokenSigningKey } from '../../local/keys/token-signing-key.ts';
import { readRunFile } from '../../local/state/run-file.ts';
import { statePaths } from '../../local/state/state-paths.ts';
import { cohortStore } from '../../local/cohorts/cohort-store.ts';
import { ParityError } from '../../domain/errors.ts';
import { systemClock as clock, systemRandom as random } from '../../services/kit/ports.ts';
import { startFleet, type Fleet, type FleetOptions } from './fleet.ts';

/** Drivers of the running pair whose state lies in `folder`; cohorts are those that were given them (`beta add`). */
export async function startFleetOf(
  folder: string,
  options: Pick<FleetOptions, 'drivers' | 'perSecond' | 'mix' | 'name'>,
): Promise<Fleet> {
  const paths = statePaths(folder);
  const run = await readRunFile(paths);
  if (run === undefined) throw new ParityError('not_running', `No pair runs in ${folder}.`);
  const members = await cohortStore({ paths, clock, random }).list();
  return await startFleet({
    ...options,
    url: run.url,
    phonesUrl: run.phonesUrl,
    signing: await readTokenSigningKey(paths.keys),
    cohortsOf: user => members.filter(member => member.user === user).map(({ cohort }) => cohort),
    clock,
  });
}
