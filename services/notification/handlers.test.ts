import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { bucketOf, cohortsClaim } from '../../domain/claims.ts';
import type { Answer } from '../kit/http/exchange.ts';
import { linkLifeMs } from '../kit/link.ts';
import { notificationHandlers } from './handlers.ts';
import { notifyOwner } from './notify-owner.ts';
import { notifyingWorld } from './notifying-world.ts';
import type { PushOutcome } from './push/push-sender.ts';

const refused = { kind: 'invalid', detail: 'too long' } as const;

/** Notification's routes over a world, as their callers use them. */
async function handlersWorld(test: TestContext) {
  const world = await notifyingWorld(test);
  const handlers = notificationHandlers(world.process());
  const call = (params: Record<string, string>, { user = 'driver-1', body = '' } = {}) => {
    const claims = { sub: user, roles: [], bucket: bucketOf(user), cohorts: cohortsClaim([]) };
    const request = { claims, params, query: new URLSearchParams(), headers: {}, correlationId: 'test' };
    return {
      ...request,
      body: async function* () {
        yield Buffer.from(body);
      },
    } as never;
  };
  /** A document whose push to one phone is parked. */
  const parked = async () => {
    const phone = await world.register('phone');
    world.phones.script(phone, { outcome: refused });
    const message = await world.store();
    await notifyOwner(world.process(), message);
    return { phone, message, id: `${message.document}:1:phone:stored` };
  };
  return { ...world, handlers, call, parked };
}

async function json(answer: Answer | Promise<Answer>): Promise<Record<string, unknown>> {
  const given = await answer;
  assert.ok('json' in given);
  return given.json as Record<string, unknown>;
}

describe('registering a device', () => {
  const registration = (value: string) => JSON.stringify({ kind: 'fid', value });

  it('keeps the newest registration of an installation, also for another user', async test => {
    const { handlers, call, devices } = await handlersWorld(test);
    await handlers.device(call({ installation: 'phone' }, { body: registration('first') }));
    const answer = await handlers.device(
      call({ installation: 'phone' }, { user: 'driver-2', body: registration('second') }),
    );
    assert.equal(answer.status, 204);
    const row = await devices.read('phone');
    assert.deepEqual([row?.user, row?.recipient], ['driver-2', { kind: 'fid', value: 'second' }]);
  });

  it('refuses what is no registration', async test => {
    const { handlers, call } = await handlersWorld(test);
    for (const body of [
      '',
      'no JSON',
      '{}',
      JSON.stringify({ kind: 'mail', value: 'a' }),
      registration(''),
    ]) {
      await assert.rejects(async () => handlers.device(call({ installation: 'phone' }, { body })), {
        code: 'invalid_request',
        message: /^A registration is \{ "kind": "token" \| "fid", "value": "…" \}: /,
      });
    }
    await assert.rejects(
      async () => handlers.device(call({ installation: 'phone' }, { body: 'x'.repeat(8193) })),
      {
        code: 'invalid_request',
        message: 'A registration has at most 8 KiB.',
      },
    );
  });

  it('refuses a name that is none', async test => {
    const { handlers, call } = await handlersWorld(test);
    await assert.rejects(
      async () => handlers.device(call({ installation: '../x' }, { body: registration('a') })),
      {
        code: 'invalid_request',
        message: 'An installation is named by 1–128 letters, digits and . : - _',
      },
    );
  });
});

describe('parked pushes', () => {
  it('are listed with what FCM said', async test => {
    const { handlers, call, parked } = await handlersWorld(test);
    const { id, message } = await parked();
    const listed = (await json(handlers.parkedPushes(call({}))))['parked'] as Record<string, unknown>[];
    assert.deepEqual(
      listed.map(each => [each['id'], each['reason'], each['document']]),
      [[id, 'too long', message.document]],
    );
  });

  it('are sent by a replay, with a link of its own life, and told in the trace', async test => {
    const { handlers, call, parked, phones, pass } = await handlersWorld(test);
    const { id, phone, message } = await parked();
    pass(2 * linkLifeMs);
    assert.deepEqual(await json(handlers.replayPush(call({ id }))), { state: 'sent' });
    assert.equal(phones.received(phone)[0]?.ttlMs, linkLifeMs);
    const { events } = (await json(handlers.ledger(call({ id: message.document })))) as {
      events: { what: string }[];
    };
    assert.deepEqual(
      events.map(({ what }) => what),
      ['push parked (phone)', 'push sent (phone)'],
    );
    await assert.rejects(async () => handlers.replayPush(call({ id })), {
      code: 'not_found',
      message: `No push is parked as ${id}.`,
    });
  });

  const unfinished: Record<string, PushOutcome> = {
    'push: quota': { kind: 'retry_later', afterMs: 60_000, reason: 'quota' },
    'push outcome unknown: reset': { kind: 'unknown', reason: 'reset' },
  };
  for (const [why, outcome] of Object.entries(unfinished)) {
    it(`stay parked when a replay ends in ${outcome.kind}`, async test => {
      const { handlers, call, parked, phones, pushes } = await handlersWorld(test);
      const { id, phone, message } = await parked();
      phones.script(phone, { outcome });
      await assert.rejects(async () => handlers.replayPush(call({ id })), {
        code: 'conflict',
        message: `It stays parked (${why}): replay it later.`,
      });
      assert.deepEqual(await pushes(message), { phone: 'parked' });
    });
  }

  it('stay parked when the process dies in a replay, and are sent by the next', async test => {
    const world = await handlersWorld(test);
    const { id, message } = await world.parked();
    const dying = world.process({ reach: point => assert.notEqual(point, 'notify.claimed') });
    await assert.rejects(
      async () => notificationHandlers(dying).replayPush(world.call({ id })),
      assert.AssertionError,
    );
    assert.deepEqual(await world.pushes(message), { phone: 'parked' });
    await assert.rejects(async () => world.handlers.replayPush(world.call({ id })), {
      code: 'conflict',
      message: "It stays parked (another process's push to phone): replay it later.",
    });
    world.pass(30_000);
    assert.deepEqual(await json(world.handlers.replayPush(world.call({ id }))), { state: 'sent' });
  });

  it('are not sent once document or device is gone', async test => {
    const { handlers, call, parked, devices } = await handlersWorld(test);
    const { id } = await parked();
    const device = await devices.read('phone');
    assert.ok(device);
    await devices.change(device, { recipient: undefined });
    await assert.rejects(async () => handlers.replayPush(call({ id })), {
      code: 'conflict',
      message: 'The document or the device of this push is gone: it cannot be sent any more.',
    });
  });

  it('are dropped for good: told in the trace, not sent by a replay or a message that comes again', async test => {
    const { handlers, call, parked, phones, process } = await handlersWorld(test);
    const { id, phone, message } = await parked();
    for (let twice = 0; twice < 2; twice++) {
      assert.deepEqual(await json(handlers.dropPush(call({ id }))), { state: 'dropped' });
    }
    await assert.rejects(async () => handlers.replayPush(call({ id })), {
      code: 'not_found',
      message: `No push is parked as ${id}.`,
    });
    assert.deepEqual(await notifyOwner(process(), message), { verdict: 'done' });
    assert.deepEqual(phones.received(phone), []);
    const { events } = (await json(handlers.ledger(call({ id: message.document })))) as {
      events: { what: string; by: string }[];
    };
    assert.deepEqual(
      events.map(({ what, by }) => [what, by]),
      [
        ['push parked (phone)', 'odd/42'],
        ['push dropped (phone)', 'driver-1'],
      ],
    );
    assert.deepEqual(await json(handlers.parkedPushes(call({}))), { parked: [] });
  });

  it('are not dropped while a replay is under way, nor when there is none', async test => {
    const world = await handlersWorld(test);
    const { id, message } = await world.parked();
    const refusals: Promise<void>[] = [];
    const replaying = world.process({
      reach: point => {
        if (point !== 'notify.claimed') return;
        const refused = {
          code: 'conflict',
          message: 'This push is being replayed: drop it when that has ended.',
        };
        refusals.push(assert.rejects(async () => world.handlers.dropPush(world.call({ id })), refused));
      },
    });
    assert.deepEqual(await json(notificationHandlers(replaying).replayPush(world.call({ id }))), {
      state: 'sent',
    });
    assert.equal(refusals.length, 1);
    await Promise.all(refusals);
    assert.deepEqual(await world.pushes(message), { phone: 'sent' });
    await assert.rejects(async () => world.handlers.dropPush(world.call({ id })), {
      code: 'not_found',
      message: `No push is parked as ${id}.`,
    });
  });
});
