import { readFileSync } from 'node:fs';
import { firstRecord, parseRecord, type ReleaseRecord } from '../../domain/record.ts';
import { parityOfRelease, type Release } from '../../domain/release.ts';
import type { Clock, Random } from '../../services/kit/ports.ts';
import { keepPrivateFile } from '../state/private-file.ts';

/** The record where the laptop keeps it. */
export interface RecordFile {
  /** The newest record that could be read. */
  current(): ReleaseRecord;
}

/**
 * Opens the record, which is made first for a new pair: `release` live on the cluster of its sprint.
 * @throws ParityError `invalid_record`
 */
export async function openRecordFile(
  path: string,
  first: { release: Release; clock: Clock; random: Random },
): Promise<RecordFile> {
  const text = await keepPrivateFile(path, () => newRecord(first));
  let newest = parseRecord(JSON.parse(text));
  return {
    current: () => {
      newest = readNewer(path, newest);
      return newest;
    },
  };
}

function newRecord({ release, clock, random }: { release: Release; clock: Clock; random: Random }): string {
  const record = firstRecord({
    live: { parity: parityOfRelease(release), release },
    at: new Date(clock.now()).toISOString(),
    who: 'npm start',
    nonce: random.bytes(8).toString('hex'),
  });
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/** A file that is away or broken for a moment must not take the front door with it: what was known stays true. */
function readNewer(path: string, known: ReleaseRecord): ReleaseRecord {
  try {
    const read = parseRecord(JSON.parse(readFileSync(path, 'utf8')));
    return read.version >= known.version ? read : known;
  } catch {
    return known;
  }
}
