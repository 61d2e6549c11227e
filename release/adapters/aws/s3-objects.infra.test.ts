import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { takeBack } from '../../../domain/record-changes.ts';
import { recordIn } from '../../../domain/record-in.ts';
import type { ObjectStore } from '../../ports.ts';
import { objectJournal } from '../../store/object-journal.ts';
import { createRecord, objectRecordStore } from '../../store/record-store.ts';
import { raceWinners, objectStoreContract } from '../../store/object-store.contract.ts';
import { recordRaces } from './testing/record-races.ts';
import { s3Objects } from './s3-objects.ts';
import { systemClock } from './testing/system-ports.ts';
import { makeBucket, openAwsWorld, silentAws, type AwsWorld } from './testing/aws-world.ts';

const random = { bytes: randomBytes };
let world: AwsWorld;
let buckets = 0;
before(async () => void (world = await openAwsWorld(process.env)));
after(() => world.stop());

async function emptyBucket(): Promise<string> {
  buckets += 1;
  return await makeBucket(world.access, `record-${buckets}`);
}

/** Two clients of the same bucket, by turns. */
function inTurn(one: ObjectStore, other: ObjectStore): () => ObjectStore {
  let turn = 0;
  return () => (turn++ % 2 === 0 ? one : other);
}

objectStoreContract('S3, as moto plays it', {
  open: async () => {
    const bucket = await emptyBucket();
    return inTurn(s3Objects({ ...world.access, bucket }), s3Objects({ ...world.access, bucket }));
  },
  random,
  races: 100,
});

describe('s3Objects', { timeout: 300_000 }, () => {
  it('lets one of two engines that race for the record win, a thousand times', async () => {
    const bucket = await emptyBucket();
    const engines = s3Objects({ ...world.access, bucket });
    assert.equal(await recordRaces(engines, 1_000), 1_000);
  });

  it('lets one of two writers win while S3 throttles and fails', async () => {
    const bucket = await emptyBucket();
    const another = inTurn(s3Objects({ ...world.access, bucket }), s3Objects({ ...world.access, bucket }));
    let calls = 0;
    const heal = world.aws.inject({
      kind: 'server error',
      // Reads only: a write is not repeated by the store, but by whoever looks first.
      befalls: ({ service, method }) => service === 's3' && method === 'GET' && ++calls % 7 === 0,
    });
    assert.equal(await raceWinners(another, 50), 50);
    heal();
  });

  it('does not repeat a write by itself, and says that its outcome is unknown', async () => {
    const objects = s3Objects({ ...world.access, bucket: await emptyBucket() });
    const before = world.aws.calls.length;
    const heal = world.aws.inject({ kind: 'server error', befalls: ({ method }) => method === 'PUT' });
    await assert.rejects(objects.write('lock', 'one', undefined), {
      code: 'record_unavailable',
      message: /^The lock could not be written in S3 \(ServiceUnavailable: Please try again\)\.$/,
    });
    heal();
    assert.equal(world.aws.calls.length - before, 1);
  });

  it('finds out by its nonce that it has written, when the answer was lost', async () => {
    const objects = s3Objects({ ...world.access, bucket: await emptyBucket() });
    const ends = { objects, clock: systemClock };
    const record = await createRecord(ends, recordIn('beta'));
    const journal = objectJournal(ends);
    const store = objectRecordStore({ ...ends, journal, random });
    const heal = world.aws.inject({
      kind: 'answer lost',
      befalls: ({ method, path }) => method === 'PUT' && path.endsWith('/record.json'),
      times: 1,
    });
    const said = { who: 'anna', what: 'take back', why: 'slow', about: record.live.release };
    const taken = await store.write(record, takeBack, said);
    heal();
    assert.equal(taken.version, record.version + 1);
    assert.deepEqual(await store.read(), taken);
  });

  it('says that the outcome is unknown when the answer was lost, or somebody else writes', async () => {
    const objects = s3Objects({ ...world.access, bucket: await emptyBucket() });
    for (const kind of ['answer lost', 'write conflict'] as const) {
      const heal = world.aws.inject({ kind, befalls: ({ method }) => method === 'PUT', times: 1 });
      await assert.rejects(objects.write('lock', kind, undefined), { code: 'record_unavailable' });
      heal();
    }
    assert.equal((await objects.read('lock'))?.text, 'answer lost');
  });

  it('does not take a missing bucket for a missing record', async () => {
    const objects = s3Objects({ ...world.access, bucket: 'nobody-made-it' });
    await assert.rejects(objects.read('record'), { code: 'record_unavailable', message: /NoSuchBucket/ });
    await assert.rejects(objects.write('record', '{}', undefined), { code: 'record_unavailable' });
  });

  it('gives up on an S3 that takes connections and never answers', async context => {
    const objects = s3Objects({ ...(await silentAws(context)), bucket: 'record' });
    const began = performance.now();
    await assert.rejects(objects.write('record', '{}', undefined), {
      code: 'record_unavailable',
      message: /TimeoutError/,
    });
    assert.ok(performance.now() - began < 10_000);
  });
});
