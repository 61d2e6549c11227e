import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { takeOperatorLock } from '../../release/store/operator-lock.ts';
import { systemClock as clock, systemRandom as random } from '../../services/kit/ports.ts';
import { fakeStatus } from '../control/fake-status.ts';
import { keepDnsFile } from '../dns/dns-file.ts';
import { openRecordFile } from '../record/record-file.ts';
import { releaseStore } from '../record/release-store.ts';
import { statePaths } from '../state/state-paths.ts';
import { lookAtPair } from './look-at-pair.ts';

const nobody = async () => undefined as never;

/** A pair of which only the folder is there. */
async function aFolder(context: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'parity-look-'));
  context.after(() => rm(root, { recursive: true }));
  const paths = statePaths(root);
  const world = { paths, clock, random };
  const record = await openRecordFile(paths.releases, { release: parseRelease('41'), clock, random });
  const status = async () => fakeStatus;
  const look = () =>
    lookAtPair({ ...world, record, status, queues: () => ({ contents: async () => [] }), keeper: nobody });
  return { paths, look, ...releaseStore(world) };
}

describe('lookAtPair', () => {
  it('adds to what was asked what lies in the folder: the record, who ships, and where DNS points', async context => {
    const { look, paths, objects } = await aFolder(context);
    await keepDnsFile(paths.dns, { odd: 255, even: 0 });
    await takeOperatorLock({ objects, clock, random }, { who: 'anna', leaseMs: 1 });
    const { status, record, operator, releases, dns } = await look();
    assert.deepEqual([status, record.live.release, operator?.who], [fakeStatus, '41', 'anna']);
    assert.deepEqual([releases.odd.queued, dns], [{ 41: 0 }, { odd: 255, even: 0 }]);
  });

  it('says so when DNS does not answer, and shows the rest', async context => {
    const { look } = await aFolder(context);
    const { dns, operator, record } = await look();
    assert.deepEqual([dns, operator, record.version], [undefined, undefined, 1]);
  });
});
