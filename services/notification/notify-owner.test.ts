import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentKey } from '../kit/document-row.ts';
import { crashPoints, type CrashPoint } from '../kit/crash-points.ts';
import { linkLifeMs } from '../kit/link.ts';
import { claimPush } from './ledger.ts';
import { notifyOwner } from './notify-owner.ts';
import { notifyingWorld } from './notifying-world.ts';
import type { PushOutcome, PushSender } from './push/push-sender.ts';

const done = { verdict: 'done' } as const;
const waits = (reason: string) => ({ verdict: 'retry', reason, counts: false });
const quota = { kind: 'retry_later', afterMs: 60_000, reason: 'quota' } as const;

describe('notifyOwner', () => {
  it('tells one device, with a link that opens the document as long as the push lives', async test => {
    const world = await notifyingWorld(test);
    const phone = await world.register('phone');
    const message = await world.store();
    world.clock.advance(3_600_000);
    assert.deepEqual(await notifyOwner(world.process(), message), done);
    const [push] = world.phones.received(phone);
    assert.deepEqual([push?.body, push?.document, push?.version], ['photo.jpg', message.document, 1]);
    assert.equal(push?.collapseId, `${message.document}:1`);
    assert.equal(push?.ttlMs, linkLifeMs - 3_600_000);
    const link = await world.links.openLink(push?.link.replace('https://parity.test/l/', '') ?? '');
    assert.deepEqual(link, {
      document: message.document,
      version: 1,
      linkGeneration: 0,
      expiresAt: new Date(world.clock.now() + (push?.ttlMs ?? 0)),
    });
    assert.equal(await world.state(message), 'notified');
  });

  it('tells each of two devices once', async test => {
    const world = await notifyingWorld(test);
    const phones = [await world.register('a'), await world.register('b')];
    await notifyOwner(world.process(), await world.store());
    assert.deepEqual(
      phones.map(phone => world.phones.received(phone).length),
      [1, 1],
    );
  });

  it('tells a phone once that two installations registered, by the newest', async test => {
    const world = await notifyingWorld(test);
    const phone = await world.register('old', 'one token');
    await world.register('new', 'one token');
    const message = await world.store();
    await notifyOwner(world.process(), message);
    assert.equal(world.phones.received(phone).length, 1);
    assert.deepEqual(await world.pushes(message), { new: 'sent' });
  });

  it('is done when the owner has no device', async test => {
    const world = await notifyingWorld(test);
    await world.register('theirs', 'token', 'driver-2');
    const message = await world.store();
    assert.deepEqual(await notifyOwner(world.process(), message), done);
    const row = await world.documents.read(documentKey(message));
    assert.deepEqual([row?.state, row?.events.at(-1)?.note], ['notified', 'the owner has no device']);
  });

  it('does nothing when the message comes again', async test => {
    const world = await notifyingWorld(test);
    const phone = await world.register('phone');
    const message = await world.store();
    for (const cluster of ['odd', 'even'] as const) {
      assert.deepEqual(await notifyOwner(world.process({ cluster }), message), done);
    }
    assert.equal(world.phones.received(phone).length, 1);
  });

  it('pushes once when both clusters have the message at once', async test => {
    const world = await notifyingWorld(test);
    const phone = await world.register('phone');
    const message = await world.store();
    await Promise.all(
      (['odd', 'even'] as const).map(cluster => notifyOwner(world.process({ cluster }), message)),
    );
    assert.equal(world.phones.received(phone).length, 1);
    await notifyOwner(world.process(), message);
    assert.equal(await world.state(message), 'notified');
    assert.equal(world.phones.received(phone).length, 1);
  });

  it('does not push again for what was restored, nor to a phone that came since', async test => {
    const world = await notifyingWorld(test);
    const phone = await world.register('phone');
    const message = await world.store();
    await notifyOwner(world.process(), message);
    const row = await world.documents.read(documentKey(message));
    assert.ok(row);
    const newer = await world.register('newer-phone');
    await world.documents.change(row, { state: 'stored' });
    await notifyOwner(world.process(), message);
    assert.equal(await world.state(message), 'notified');
    assert.equal(world.phones.received(phone).length, 1);
    assert.deepEqual(world.phones.received(newer), []);
  });

  it('rejects with database_unavailable while the database is away', async test => {
    const world = await notifyingWorld(test);
    const message = await world.store();
    world.database.server.faults.down = true;
    await assert.rejects(notifyOwner(world.process(), message), {
      code: 'database_unavailable',
      message: 'The database does not answer (read documents); try again later.',
    });
  });
});

describe('notifyOwner, claims', () => {
  it('waits for another’s claim without counting, and sends when it has ended by the server’s clock', async test => {
    const world = await notifyingWorld(test);
    const phone = await world.register('phone');
    const message = await world.store();
    const { document, version } = message;
    await claimPush(
      world.ledger,
      { document, version, installation: 'phone' },
      { holder: 'dead', from: 'pending' },
    );
    world.clock.advance(60_000);
    assert.deepEqual(await notifyOwner(world.process(), message), waits("another process's push to phone"));
    assert.equal(world.phones.received(phone).length, 0);
    world.database.server.now += 30_000;
    assert.deepEqual(await notifyOwner(world.process(), message), done);
    assert.equal(world.phones.received(phone).length, 1);
  });

  it('leaves it to the new holder to say what came of it when the old one wakes up late', async test => {
    const world = await notifyingWorld(test);
    const phone = await world.register('phone');
    const message = await world.store();
    const frozen: PushSender = {
      ...world.phones,
      send: async push => {
        world.pass(30_000);
        assert.deepEqual(await notifyOwner(world.process({ cluster: 'even' }), message), done);
        return world.phones.send(push);
      },
    };
    const late = await notifyOwner(world.process({ sender: frozen }), message);
    assert.deepEqual(late, waits("another process's push to phone"));
    assert.deepEqual(await world.pushes(message), { phone: 'sent' });
    assert.equal(world.phones.shown(phone).length, 1);
    assert.deepEqual(await notifyOwner(world.process(), message), done);
  });
});

describe('notifyOwner, what FCM says', () => {
  const scripted = async (test: Parameters<typeof notifyingWorld>[0], ...outcomes: PushOutcome[]) => {
    const world = await notifyingWorld(test);
    const phone = await world.register('phone');
    world.phones.script(phone, ...outcomes.map(outcome => ({ outcome })));
    return { ...world, phone, message: await world.store() };
  };

  it('quota: nobody sends until the wait is over by the server’s clock; others go on', async test => {
    const world = await scripted(test, quota);
    const other = await world.register('other');
    assert.deepEqual(await notifyOwner(world.process(), world.message), waits('push: quota'));
    assert.equal(world.phones.received(other).length, 1);
    world.pass(59_999);
    const second = await notifyOwner(world.process({ cluster: 'even' }), world.message);
    assert.deepEqual(second, waits("another process's push to phone"));
    world.pass(1);
    assert.deepEqual(await notifyOwner(world.process(), world.message), done);
    assert.equal(world.phones.received(world.phone).length, 1);
    assert.equal(world.phones.received(other).length, 1);
  });

  it('not sent: again after its pause', async test => {
    const world = await scripted(test, { kind: 'not_sent', afterMs: 0, reason: 'refused stream' });
    assert.deepEqual(await notifyOwner(world.process(), world.message), waits('push: refused stream'));
    world.pass(1);
    assert.deepEqual(await notifyOwner(world.process(), world.message), done);
  });

  it('our account refused: an alarm, and it waits', async test => {
    const world = await scripted(test, { ...quota, reason: 'credential' });
    assert.deepEqual(await notifyOwner(world.process(), world.message), waits('push: credential'));
    assert.equal(world.errors[0]?.['alarm'], 'push_configuration');
  });

  it('unknown: sent again at once with the same collapse id, and shown once', async test => {
    const world = await notifyingWorld(test);
    const phone = await world.register('phone');
    world.phones.script(phone, { outcome: { kind: 'unknown', reason: 'reset' }, arrives: true });
    const message = await world.store();
    assert.deepEqual(await notifyOwner(world.process(), message), waits('push outcome unknown: reset'));
    assert.deepEqual(await notifyOwner(world.process(), message), done);
    const received = world.phones.received(phone);
    assert.equal(received.length, 2);
    assert.equal(new Set(received.map(({ collapseId }) => collapseId)).size, 1);
    assert.equal(world.phones.shown(phone).length, 1);
  });

  it('unregistered: the registration goes and the document is notified', async test => {
    const world = await scripted(test, { kind: 'unregistered' });
    assert.deepEqual(await notifyOwner(world.process(), world.message), done);
    assert.deepEqual(await world.pushes(world.message), { phone: 'unregistered' });
    const next = await world.store('key-2');
    await notifyOwner(world.process(), next);
    assert.deepEqual(await world.pushes(next), {});
  });

  it('unregistered: not the registration that came meanwhile, which is told instead', async test => {
    const world = await notifyingWorld(test);
    await world.register('phone', 'old token');
    const message = await world.store();
    const rotating: PushSender = {
      ...world.phones,
      send: async () => {
        await world.register('phone', 'new token');
        return { kind: 'unregistered' };
      },
    };
    const first = await notifyOwner(world.process({ sender: rotating }), message);
    assert.deepEqual(first, waits('push registered anew'));
    assert.deepEqual(await notifyOwner(world.process(), message), done);
    assert.equal(world.phones.received({ kind: 'token', value: 'new token' }).length, 1);
  });

  it('unregistered: not a registration that came back after another process forgot the old one', async test => {
    const world = await notifyingWorld(test);
    await world.register('phone', 'old token');
    const [one, two] = [await world.store('key-1'), await world.store('key-2')];
    const gone: PushSender = { ...world.phones, send: async () => ({ kind: 'unregistered' }) };
    const slow: PushSender = {
      ...gone,
      send: async () => {
        await notifyOwner(world.process({ cluster: 'even', sender: gone }), two);
        await world.register('phone', 'new token');
        return { kind: 'unregistered' };
      },
    };
    await notifyOwner(world.process({ sender: slow }), one);
    assert.deepEqual((await world.devices.read('phone'))?.recipient, { kind: 'token', value: 'new token' });
  });

  const refusals = {
    push_configuration: { kind: 'sender_mismatch' },
    push_refused: { kind: 'invalid', detail: 'too long' },
  } as const;
  for (const [alarm, outcome] of Object.entries(refusals)) {
    it(`${outcome.kind}: parked, with an alarm; the device stays`, async test => {
      const world = await scripted(test, outcome);
      assert.deepEqual(await notifyOwner(world.process(), world.message), done);
      assert.deepEqual(await world.pushes(world.message), { phone: 'parked' });
      assert.equal(world.errors[0]?.['alarm'], alarm);
      assert.ok((await world.devices.read('phone'))?.recipient);
      assert.equal(await world.state(world.message), 'notified');
    });
  }

  it('a wait that is longer than its link lives: it expires with the link all the same', async test => {
    const world = await scripted(test, { ...quota, afterMs: 10 * linkLifeMs });
    assert.deepEqual(await notifyOwner(world.process(), world.message), waits('push: quota'));
    world.pass(linkLifeMs);
    assert.deepEqual(await notifyOwner(world.process(), world.message), done);
    assert.deepEqual(await world.pushes(world.message), { phone: 'expired' });
    assert.equal(await world.state(world.message), 'notified');
  });

  it('nothing in time: it expires with its link, and nobody is told', async test => {
    const world = await scripted(test, quota);
    await notifyOwner(world.process(), world.message);
    world.pass(linkLifeMs);
    assert.deepEqual(await notifyOwner(world.process(), world.message), done);
    assert.deepEqual(await world.pushes(world.message), { phone: 'expired' });
    assert.equal(world.phones.received(world.phone).length, 0);
  });
});

describe('notifyOwner, a process that dies', () => {
  for (const point of crashPoints.filter(each => each.startsWith('notify.'))) {
    it(`at ${point}: the push is shown once and the document is notified`, async test => {
      class Died extends Error {}
      const world = await notifyingWorld(test);
      const phone = await world.register('phone');
      const message = await world.store();
      const reach = (reached: CrashPoint) => {
        if (reached === point) throw new Died(point);
      };
      await assert.rejects(notifyOwner(world.process({ reach }), message), Died);
      await notifyOwner(world.process({ cluster: 'even' }), message);
      world.pass(30_000);
      assert.deepEqual(await notifyOwner(world.process({ cluster: 'even' }), message), done);
      assert.equal(world.phones.shown(phone).length, 1);
      assert.equal(await world.state(message), 'notified');
    });
  }
});
