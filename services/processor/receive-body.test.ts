import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, it, type TestContext } from 'node:test';
import { manualClock, type ManualClock } from '../kit/manual-clock.ts';
import { spoolWorld } from '../kit/spool/spool-world.ts';
import { bodyReceiver, type Body } from './receive-body.ts';

const limits = { maxBytes: 100, minBytesPerSecond: 10, graceMs: 1000 };
const broken = {
  code: 'incomplete_body',
  message: 'The upload broke off, or had another length than it announced: send it again, with the same key.',
};
const tooLarge = { code: 'document_too_large', message: 'A document may have at most 100 bytes.' };
const tooSlow = {
  code: 'body_too_slow',
  message: 'The upload came slower than 10 bytes a second: send it again, with the same key.',
};

/** A body that the test sends piece by piece. */
function sender() {
  const stream = new Readable({ read: () => {} });
  return { stream, send: (bytes: number) => stream.push(Buffer.alloc(bytes)), end: () => stream.push(null) };
}

async function receiving(test: TestContext, body: Body, clock: ManualClock = manualClock()) {
  const world = await spoolWorld(test);
  const incoming = world.spool.receive();
  const received = bodyReceiver({ clock, limits })(body, incoming);
  received.catch(() => {});
  test.after(() => incoming.discard());
  return { received, incoming };
}

const bodyOf = (chunks: Uint8Array[], length?: number): Body => ({ stream: Readable.from(chunks), length });

/** Time passes in steps, between which everything that can happen happens. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    clock.advance(50);
    await nextTurn();
    await nextTurn();
  }
}

describe('a body receiver', () => {
  it('writes what comes, with a length or without', async test => {
    for (const length of [30, undefined]) {
      const body = bodyOf([Buffer.alloc(10), Buffer.alloc(20)], length);
      const { received, incoming } = await receiving(test, body);
      await received;
      assert.equal(incoming.bytes, 30);
    }
  });

  it('takes just what is allowed', async test => {
    const { received } = await receiving(test, bodyOf([Buffer.alloc(100)], 100));
    await received;
  });

  it('refuses too large a Content-Length before it reads', async test => {
    const { stream, send } = sender();
    send(10);
    const { received, incoming } = await receiving(test, { stream, length: 101 });
    await assert.rejects(received, tooLarge);
    assert.equal(incoming.bytes, 0);
  });

  it('refuses a body without a length as soon as it crosses the limit (failures.md 8)', async test => {
    const { stream, send } = sender();
    const { received, incoming } = await receiving(test, { stream, length: undefined });
    send(60);
    send(41);
    await assert.rejects(received, tooLarge);
    assert.ok(incoming.bytes <= 100);
  });

  it('refuses another length than was announced', async test => {
    for (const length of [9, 11]) {
      const { received } = await receiving(test, bodyOf([Buffer.alloc(10)], length));
      await assert.rejects(received, broken);
    }
  });

  it('refuses a body that breaks off, and keeps the cause', async test => {
    const { stream, send } = sender();
    const { received } = await receiving(test, { stream, length: 50 });
    send(10);
    await nextTurn();
    const cause = new Error('aborted');
    stream.destroy(cause);
    await assert.rejects(received, { ...broken, cause });
  });

  it('does not blame the sender for what the spool refuses', async test => {
    const world = await spoolWorld(test);
    world.files.disturb('write', { kind: 'fails', code: 'ENOSPC' });
    const large = { ...limits, maxBytes: 1e6 };
    const incoming = world.spool.receive();
    const body = bodyOf([Buffer.alloc(300_000)]);
    await assert.rejects(bodyReceiver({ clock: manualClock(), limits: large })(body, incoming), {
      code: 'spool_full',
      message: /^The spool is full/,
    });
  });
});

describe('the rate of a body', () => {
  it('is refused when nothing comes for longer than the grace period', async test => {
    const { stream, send } = sender();
    const clock = manualClock();
    const { received } = await receiving(test, { stream, length: 100 }, clock);
    send(90);
    await pass(clock, 900);
    await pass(clock, 700);
    await assert.rejects(received, tooSlow);
  });

  it('is refused when too little comes, however steadily (slowloris, failures.md 7)', async test => {
    const { stream, send } = sender();
    const clock = manualClock();
    const { received } = await receiving(test, { stream, length: 100 }, clock);
    for (let second = 0; second < 4; second += 0.5) {
      send(1);
      await pass(clock, 500);
    }
    await assert.rejects(received, tooSlow);
  });

  it('is enough when it is just enough', async test => {
    const { stream, send, end } = sender();
    const clock = manualClock();
    const { received } = await receiving(test, { stream, length: 80 }, clock);
    for (let second = 0; second < 4; second++) {
      send(20);
      await pass(clock, 950);
    }
    end();
    await received;
  });

  it('does not count the time that our own disk takes', async test => {
    const { stream, send, end } = sender();
    const clock = manualClock();
    const world = await spoolWorld(test);
    const incoming = world.spool.receive();
    const large = { ...limits, maxBytes: 1e6 };
    const received = bodyReceiver({ clock, limits: large })({ stream, length: 300_000 }, incoming);
    world.files.disturb('write', { kind: 'hangs' });
    send(300_000);
    await nextTurn();
    await pass(clock, 60_000);
    world.files.calm();
    end();
    await received;
  });
});
