import { isParityError } from '../../domain/errors.ts';
import { operatorOf } from '../../release/store/operator-lock.ts';
import type { Clock, Random } from '../../services/kit/ports.ts';
import type { PairLook, PairStatus } from '../control/control-api.ts';
import { dnsFile } from '../dns/dns-file.ts';
import type { RecordFile } from '../record/record-file.ts';
import { releaseStore } from '../record/release-store.ts';
import type { StatePaths } from '../state/state-paths.ts';
import { lookAtReleases, type ReleaseWitnesses } from './look-at-releases.ts';

/** Who is asked, and where the rest lies. */
export interface PairWitnesses extends Pick<ReleaseWitnesses, 'queues' | 'keeper'> {
  readonly status: () => Promise<PairStatus>;
  readonly record: RecordFile;
  readonly paths: Pick<StatePaths, 'releases' | 'dns'>;
  readonly clock: Clock;
  readonly random: Random;
}

/** Asks everybody at once. @throws ParityError `invalid_record`, `record_unavailable` */
export async function lookAtPair(witnesses: PairWitnesses): Promise<PairLook> {
  const { store, objects } = releaseStore(witnesses);
  const [status, releases] = await Promise.all([
    witnesses.status(),
    lookAtReleases({ ...witnesses, record: witnesses.record.current() }),
  ]);
  // Afterwards, so that no gateway seems to be ahead of the record.
  const dnsNow = dnsFile(witnesses.paths.dns).weights().catch(unlessUnreachable);
  const [record, operator, dns] = await Promise.all([store.read(), operatorOf(objects), dnsNow]);
  return { status, record, operator, releases, dns };
}

function unlessUnreachable(error: unknown): undefined {
  if (!isParityError(error, 'unreachable')) throw error;
}
