import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { keyedDocumentId } from '../../domain/document-id.ts';
import { parseRelease } from '../../domain/release.ts';
import { FakeBrokers } from '../kit/broker/fake-broker.ts';
import type { CrashPoint } from '../kit/crash-points.ts';
import { callWithinMs } from '../kit/bounded-files.ts';
import type { FileOperation } from '../kit/decorate-files.ts';
import { manualClock } from '../kit/manual-clock.ts';
import { systemRandom } from '../kit/ports.ts';
import { buildManifest, payloadOf, spoolWorld, type SpoolWorld } from '../kit/spool/spool-world.ts';
import { acceptDocument, type Accepting, type Upload } from './accept-document.ts';
import { bodyReceiver } from './receive-body.ts';
import { readUploadHeaders } from './upload-headers.ts';

const payload = randomBytes(10_000);
const key = 'key-1';
const id = keyedDocumentId({ owner: 'anna', key });

function upload(bytes: Buffer = payload, headers: Record<string, string> = {}): Upload {
  return {
    owner: 'anna',
    headers: readUploadHeaders({ 'x-document-name': 'toll.pdf', ...headers }),
    body: { stream: Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]), length: bytes.length },
  };
}

const keyed = (bytes?: Buffer) => upload(bytes, { 'idempotency-key': key });

async function acceptingWorld(test: TestContext) {
  const clock = manualClock();
  const world = await spoolWorld(test, clock);
  const brokers = new FakeBrokers();
  const reached: CrashPoint[] = [];
  const limits = { maxBytes: 1e6, minBytesPerSecond: 1, graceMs: 60_000 };
  const accepting: Accepting = {
    cluster: 'odd',
    release: parseRelease('42'),
    spool: world.spool,
    broker: brokers.connect('odd'),
    clock,
    random: systemRandom,
    receiveBody: bodyReceiver({ clock, limits }),
    reach: point => reached.push(point),
  };
  return { ...world, brokers, accepting, reached, clock };
}

/** The temporary files are deleted behind the answer's back. */
async function noneIncoming(world: SpoolWorld): Promise<void> {
  while ((await world.incoming()).length > 0) await nextTurn();
}

describe('acceptDocument', () => {
  it('returns when the bytes are spooled under their name and a broker confirmed', async test => {
    const { accepting, brokers, ...world } = await acceptingWorld(test);
    const accepted = await acceptDocument(accepting, upload());
    assert.equal(accepted.state, 'accepted');
    assert.ok(payload.equals(await payloadOf(world, accepted.id)));
    const acceptedAt = new Date(accepting.clock.now()).toISOString();
    assert.deepEqual(
      await accepting.spool.find(accepted.id),
      buildManifest(payload, {
        id: accepted.id,
        name: 'toll.pdf',
        mediaType: 'application/octet-stream',
        acceptedAt,
      }),
    );
    const message = { kind: 'document.accepted', schema: 1, version: 1, generation: 0, acceptedAt };
    assert.deepEqual(brokers.published, [{ broker: 'odd', message: { ...message, document: accepted.id } }]);
    await noneIncoming(world);
  });

  it('gives each upload without a key an id of its own', async test => {
    const { accepting } = await acceptingWorld(test);
    const [one, two] = [await acceptDocument(accepting, upload()), await acceptDocument(accepting, upload())];
    assert.notEqual(one.id, two.id);
  });

  it('gives the same upload the same id, and promises it again from the start', async test => {
    const { accepting, brokers } = await acceptingWorld(test);
    assert.deepEqual(await acceptDocument(accepting, keyed()), { id, state: 'accepted' });
    assert.deepEqual(await acceptDocument(accepting, keyed()), { id, state: 'accepted' });
    const documents = brokers.published.map(({ message }) => message.document);
    assert.deepEqual(documents, [id, id]);
    const [first, second] = brokers.published;
    assert.deepEqual(first?.message, second?.message);
  });

  it('refuses the same key with other bytes, and keeps the first', async test => {
    const { accepting, brokers, ...world } = await acceptingWorld(test);
    await acceptDocument(accepting, keyed());
    await assert.rejects(acceptDocument(accepting, keyed(randomBytes(10_000))), {
      code: 'idempotency_key_reused',
      message:
        'This Idempotency-Key belongs to a document with other bytes: use a new key for a new document.',
    });
    assert.equal(brokers.published.length, 1);
    assert.ok(payload.equals(await payloadOf(world, id)));
    await noneIncoming(world);
  });

  it('publishes for a winner that died before it could', async test => {
    const { accepting, brokers } = await acceptingWorld(test);
    const dead = new Error('killed');
    const dying: Accepting = {
      ...accepting,
      reach: point => {
        if (point === 'accept.named') throw dead;
      },
    };
    await assert.rejects(acceptDocument(dying, keyed()), dead);
    assert.equal(brokers.published.length, 0);
    assert.deepEqual(await acceptDocument(accepting, keyed()), { id, state: 'accepted' });
    assert.deepEqual(
      brokers.published.map(({ message }) => message.document),
      [id],
    );
  });

  it('answers from the receipt, without a message, once the document is settled', async test => {
    const { accepting, brokers, spool } = await acceptingWorld(test);
    await acceptDocument(accepting, keyed());
    const manifest = await spool.find(id);
    assert.ok(manifest);
    for (const state of ['stored', 'rejected'] as const) {
      await spool.settle({ ...manifest, settled: { state } });
      assert.deepEqual(await acceptDocument(accepting, keyed()), { id, state });
    }
    assert.equal(brokers.published.length, 1);
    await assert.rejects(acceptDocument(accepting, keyed(Buffer.from('other'))), {
      code: 'idempotency_key_reused',
      message: /other bytes/,
    });
  });

  it('keeps nothing when the bytes are not those that were announced', async test => {
    const { accepting, brokers, ...world } = await acceptingWorld(test);
    const digest = createHash('sha256').update('other').digest('base64');
    const other = upload(payload, { 'idempotency-key': key, 'repr-digest': `sha-256=:${digest}:` });
    await assert.rejects(acceptDocument(accepting, other), {
      code: 'digest_mismatch',
      message: 'The bytes do not have the Repr-Digest that was announced: nothing was kept, send them again.',
    });
    assert.equal(await accepting.spool.find(id), undefined);
    assert.equal(brokers.published.length, 0);
    await noneIncoming(world);
  });

  it('keeps nothing of a body that breaks off', async test => {
    const { accepting, brokers, ...world } = await acceptingWorld(test);
    const stream = Readable.from([payload]);
    const broken = { ...keyed(), body: { stream, length: payload.length + 1 } };
    await assert.rejects(acceptDocument(accepting, broken), {
      code: 'incomplete_body',
      message: /broke off/,
    });
    assert.equal(brokers.published.length, 0);
    await noneIncoming(world);
  });

  it('promises nothing without a broker, and leaves the file to the sweeper', async test => {
    const { accepting, brokers, ...world } = await acceptingWorld(test);
    brokers.setDown('odd', true);
    brokers.setDown('even', true);
    await assert.rejects(acceptDocument(accepting, keyed()), {
      code: 'broker_unavailable',
      message: 'No broker took the message: both are down or blocked. Try again.',
    });
    assert.ok(payload.equals(await payloadOf(world, id)));
    brokers.setDown('even', false);
    assert.deepEqual(await acceptDocument(accepting, keyed()), { id, state: 'accepted' });
    assert.equal(brokers.published.at(-1)?.broker, 'even');
  });

  it('never answers when the name cannot be made durable', async test => {
    const { accepting, brokers, files } = await acceptingWorld(test);
    files.disturb('syncFolder', { kind: 'fails', code: 'EIO' });
    await assert.rejects(acceptDocument(accepting, keyed()), { code: 'spool_unavailable', message: /EIO/ });
    assert.equal(brokers.published.length, 0);
  });

  it('answers a sender whose link the server made twice (failures.md 35)', async test => {
    const { accepting, brokers, files } = await acceptingWorld(test);
    files.disturb('link', { kind: 'lies', code: 'EEXIST' }, 1);
    assert.deepEqual(await acceptDocument(accepting, keyed()), { id, state: 'accepted' });
    assert.equal(brokers.published.length, 1);
  });

  it('passes the crash points in order', async test => {
    const { accepting, reached } = await acceptingWorld(test);
    await acceptDocument(accepting, upload());
    assert.deepEqual(reached, ['accept.received', 'accept.spooled', 'accept.named', 'accept.confirmed']);
  });

  it('makes one document of twenty equal uploads at once', async test => {
    const { accepting, brokers, ...world } = await acceptingWorld(test);
    const all = await Promise.all(Array.from({ length: 20 }, () => acceptDocument(accepting, keyed())));
    for (const accepted of all) assert.deepEqual(accepted, { id, state: 'accepted' });
    const { names } = await accepting.spool.listFolder(Number.parseInt(id.slice(-1), 16));
    assert.deepEqual(
      names.map(name => name.id),
      [id],
    );
    assert.ok(payload.equals(await payloadOf(world, id)));
    assert.equal(brokers.published.length, 20);
    await noneIncoming(world);
  });

  it('takes one of two uploads with one key and different bytes at once, and refuses the other', async test => {
    const { accepting, ...world } = await acceptingWorld(test);
    const bytes = [randomBytes(100), randomBytes(100)];
    const results = await Promise.allSettled(bytes.map(each => acceptDocument(accepting, keyed(each))));
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    const loser = results[1 - winner];
    assert.equal(loser?.status, 'rejected');
    assert.equal((loser.reason as { code: unknown }).code, 'idempotency_key_reused');
    assert.ok(bytes[winner]?.equals(await payloadOf(world, id)));
  });
});

describe('acceptDocument while the spool hangs', () => {
  const hangs = {
    code: 'spool_unavailable',
    message: /^The spool refuses \(ETIMEDOUT\): nothing was promised/,
  };

  /** An upload that hangs where the file system is asked for `operation`, until its time is up. */
  async function hanging(world: Awaited<ReturnType<typeof acceptingWorld>>, operation: FileOperation) {
    const { files, accepting, clock } = world;
    files.disturb(operation, { kind: 'hangs' });
    const before = files.calls.length;
    const accepted = acceptDocument(accepting, keyed());
    accepted.catch(() => {});
    while (!files.calls.slice(before).some(call => call.operation === operation)) await nextTurn();
    clock.advance(2 * callWithinMs);
    return Promise.race([accepted, nextTurn().then(() => 'still waiting')]);
  }

  for (const operation of ['createWhole', 'link', 'syncFolder'] as const) {
    it(`answers 503 in time when ${operation} hangs, and the same upload is accepted afterwards`, async test => {
      const world = await acceptingWorld(test);
      await assert.rejects(hanging(world, operation), hangs);
      assert.deepEqual(world.brokers.published, []);
      world.files.calm();
      assert.deepEqual(await acceptDocument(world.accepting, keyed()), { id, state: 'accepted' });
      assert.ok(payload.equals(await payloadOf(world, id)));
      await noneIncoming(world);
    });
  }

  it('refuses at once while sixteen hang, and takes documents when they have ended', async test => {
    const world = await acceptingWorld(test);
    for (let n = 0; n < 16; n++) await assert.rejects(hanging(world, 'createWhole'), hangs);
    const calls = world.files.calls.length;
    await assert.rejects(acceptDocument(world.accepting, upload()), hangs);
    assert.equal(world.files.calls.length, calls);
    world.files.calm();
    while (world.files.calls.filter(call => call.operation === 'remove').length < 16) await nextTurn();
    assert.equal((await acceptDocument(world.accepting, keyed())).id, id);
  });
});
