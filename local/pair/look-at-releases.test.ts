import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import { recordIn } from '../../domain/record-in.ts';
import type { KeeperReport } from '../../release/ports.ts';
import { lookAtReleases } from './look-at-releases.ts';

const record = recordIn('deployed');
const report: KeeperReport = {
  recordVersion: record.version,
  rendered: { live: record.live, candidate: undefined, threshold: 0, cohorts: [] },
  readBack: true,
  judgement: undefined,
};
const contents = async (release: string) => [
  { name: 'work', ready: release === record.candidate ? 1 : 0, consumers: 2 },
  { name: 'retry', ready: release === record.candidate ? 2 : 0, consumers: 0 },
];
const away = async () => {
  throw new ParityError('unreachable', 'dead');
};

describe('lookAtReleases', () => {
  it('counts every message that waits, and none where none does', async () => {
    const seen = await lookAtReleases({ record, queues: () => ({ contents }), keeper: async () => report });
    assert.deepEqual(seen.odd, { keeper: report, queued: { 41: 0, 42: 3 } });
    assert.deepEqual(seen.even, seen.odd);
  });

  it('leaves out what does not answer', async () => {
    const seen = await lookAtReleases({
      record,
      queues: cluster => ({ contents: cluster === record.live.parity ? away : contents }),
      keeper: cluster => (cluster === record.live.parity ? away() : Promise.resolve(report)),
    });
    assert.deepEqual(seen.odd, { keeper: undefined, queued: {} });
    assert.deepEqual(seen.even, { keeper: report, queued: { 41: 0, 42: 3 } });
  });

  it('passes a fault of its own on', async () => {
    const broken = async () => {
      throw new TypeError('broken');
    };
    const witnesses = { record, queues: () => ({ contents }), keeper: broken };
    await assert.rejects(lookAtReleases(witnesses), { message: 'broken' });
  });
});
