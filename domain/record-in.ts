import { begin, flip, routeCohorts, shift, started } from './record-changes.ts';
import { firstRecord, type ReleaseRecord } from './record.ts';
import { parities, parityOfSprint, peerOf } from './parity.ts';
import { parseRelease } from './release.ts';

/** How far a release has come, for tests. */
export type ReleasePhase = 'settled' | 'begun' | 'deployed' | 'beta' | 'shifted' | 'covered' | 'baking';

/** When the record's last change was, for tests: users count from here, and somebody judges for a minute. */
export const recordTime = { nowMs: Date.UTC(2026, 10, 22, 5), judgedForMs: 60_000 };

/** For tests: a record in the given phase, release 41 live on its cluster and 42 on its way; made by the transitions. */
export function recordIn(phase: ReleasePhase, threshold = 1000): ReleaseRecord {
  const [live, candidate] = [parseRelease('41'), parseRelease('42')];
  const settled = firstRecord({
    live: { parity: parityOfSprint(41), release: live },
    at: new Date(recordTime.nowMs).toISOString(),
    who: 'a test',
    nonce: 'first',
  });
  const idle = peerOf(settled.live.parity);
  const steps: [ReleasePhase, (record: ReleaseRecord) => ReleaseRecord][] = [
    ['settled', record => record],
    ['begun', record => begin(record, candidate)],
    ['deployed', record => started(record, { release: candidate, parity: idle })],
    ['beta', record => routeCohorts(record, { cohorts: ['beta'], ...recordTime })],
    ['shifted', record => shift(record, { threshold, ...recordTime })],
    [
      'covered',
      record => parities.reduce((on, parity) => started(on, { release: candidate, parity }), record),
    ],
    ['baking', record => flip(record, recordTime)],
  ];
  const last = steps.findIndex(([name]) => name === phase);
  return steps.slice(0, last + 1).reduce((record, [, change]) => change(record), settled);
}
