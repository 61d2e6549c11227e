import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { perParity, type Parity } from '../../domain/parity.ts';
import { manualClock } from '../../services/kit/manual-clock.ts';
import { systemClock, type Clock } from '../../services/kit/ports.ts';
import { dnsLike, quick, type FrontDoorMode } from './front-door-mode.ts';
import { openFrontDoor, type FrontDoor } from './front-door.ts';
import { isStubborn } from './look-ups.ts';

/** What a test's door differs in from a quick one. */
interface DoorOptions {
  readonly intervalMs?: number;
  readonly mode?: FrontDoorMode;
  readonly clock?: Clock;
  readonly weights?: () => Record<Parity, number>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe('openFrontDoor', () => {
  it('brings requests to the cluster that has the weight', async context => {
    const pair = await openPair(context);
    assert.equal(await served(pair.door), 'odd');
  });

  it('brings them to the other once the health checks have failed', async context => {
    const pair = await openPair(context);
    await pair.kill('odd');
    await pair.believed('odd', false);
    assert.equal(await served(pair.door), 'even');
  });

  it('resets a connection to a cluster that refuses instead of trying the other in secret', async context => {
    const pair = await openPair(context, { intervalMs: 60_000 });
    await pair.kill('odd');
    await assert.rejects(served(pair.door));
  });

  it('cuts what is open to a cluster that is declared unhealthy', async context => {
    const started = Promise.withResolvers<void>();
    const hang: Answer = () => started.resolve();
    const pair = await openPair(context, { odd: hang });
    const asked = served(pair.door);
    await started.promise;
    pair.sicken('odd');
    await assert.rejects(asked);
    assert.equal(await served(pair.door), 'even');
  });

  it('cuts nothing when no cluster is healthy', async context => {
    const answers: ServerResponse[] = [];
    const asked = Promise.withResolvers<void>();
    const later: Answer = (_request, response) => {
      answers.push(response);
      asked.resolve();
    };
    const pair = await openPair(context, { odd: later });
    const answer = served(pair.door);
    await asked.promise;
    pair.sicken('even');
    await pair.believed('even', false);
    pair.sicken('odd');
    await pair.believed('odd', false);
    answers[0]?.end('odd, late');
    assert.equal(await answer, 'odd, late');
  });

  it('passes each direction on when the other has ended', async context => {
    const echo = createTcpServer({ allowHalfOpen: true }, socket => {
      void text(socket).then(all => socket.end(`heard ${all}`));
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    context.after(() => echo.close());
    const door = await openDoor(
      context,
      perParity(() => portOf(echo)),
    );
    const client = connect({ port: door.port, host: '127.0.0.1', allowHalfOpen: true });
    client.end('all of it');
    assert.equal(await text(client), 'heard all of it');
  });

  it('rejects when its port is taken', async context => {
    const pair = await openPair(context);
    await assert.rejects(openDoor(context, { odd: 1, even: 1 }, { port: pair.door.port }), {
      code: 'EADDRINUSE',
    });
  });
});

describe('openFrontDoor, like DNS', () => {
  const [usual, late, stubborn] = ['127.0.0.2', '127.0.0.3', '127.0.3.230'] as const;

  it('lets each machine keep its answer for its time to live, and the stubborn for ever', async context => {
    const clock = manualClock();
    let weights = { odd: 255, even: 0 };
    const { door } = await openPair(context, { mode: dnsLike, clock, weights: () => weights });
    assert.ok(isStubborn(stubborn, dnsLike.lookUps.stubbornShare));
    assert.deepEqual([await servedTo(door, usual), await servedTo(door, stubborn)], ['odd', 'odd']);
    weights = { odd: 0, even: 255 };
    clock.advance(dnsLike.lookUps.ttlMs - 1);
    assert.deepEqual([await servedTo(door, usual), await servedTo(door, late)], ['odd', 'even']);
    clock.advance(1);
    assert.deepEqual([await servedTo(door, usual), await servedTo(door, stubborn)], ['even', 'odd']);
  });

  it('goes on sending machines to a dead cluster until their answer ends', async context => {
    const lookUps = { ttlMs: 60_000, stubbornShare: 0 };
    const clock = { ...manualClock(), delay: systemClock.delay };
    const pair = await openPair(context, { mode: { ...dnsLike, lookUps }, clock });
    assert.equal(await servedTo(pair.door, usual), 'odd');
    await pair.kill('odd');
    await pair.believed('odd', false);
    await assert.rejects(servedTo(pair.door, usual), { code: 'ECONNRESET' });
    assert.equal(await servedTo(pair.door, late), 'even');
    clock.advance(lookUps.ttlMs);
    assert.equal(await servedTo(pair.door, usual), 'even');
  });

  it('cuts nothing that is open to a cluster that is declared unhealthy', async context => {
    await leavesOpen(context, dnsLike);
  });
});

describe('openFrontDoor, quick', () => {
  it('leaves what is open to a gateway that answers, for it serves through its peer', async context => {
    await leavesOpen(context, quick);
  });

  it('cuts it when that gateway freezes later', async context => {
    const health = { intervalMs: 10, timeoutMs: 100, threshold: 1 };
    const pair = await openPair(context, { odd: () => {}, mode: { ...quick, health } });
    const answer = served(pair.door);
    pair.sicken('odd');
    await pair.believed('odd', false);
    pair.mute('odd');
    await assert.rejects(
      answer,
      ({ cause }: TypeError) => (cause as NodeJS.ErrnoException).code === 'ECONNRESET',
    );
  });
});

async function leavesOpen(context: TestContext, mode: FrontDoorMode): Promise<void> {
  const answers: ServerResponse[] = [];
  const asked = Promise.withResolvers<void>();
  const later: Answer = (_request, response) => {
    answers.push(response);
    asked.resolve();
  };
  const pair = await openPair(context, { odd: later, mode });
  const answer = served(pair.door);
  await asked.promise;
  pair.sicken('odd');
  await pair.believed('odd', false);
  answers[0]?.end('odd, late');
  assert.equal(await answer, 'odd, late');
}

async function openPair(context: TestContext, options: Partial<Record<Parity, Answer>> & DoorOptions = {}) {
  const sick = perParity(() => false);
  const mute = perParity(() => false);
  const servers = perParity(parity =>
    createServer((request, response) => {
      if (request.url === '/healthz' && mute[parity]) return;
      if (request.url === '/healthz') response.writeHead(sick[parity] ? 503 : 200).end();
      else (options[parity] ?? ((_request, done) => done.end(parity)))(request, response);
    }).listen(0, '127.0.0.1'),
  );
  await Promise.all([once(servers.odd, 'listening'), once(servers.even, 'listening')]);
  const kill = async (parity: Parity) => {
    const closed = once(servers[parity], 'close');
    servers[parity].close();
    servers[parity].closeAllConnections();
    await closed;
  };
  const heard = listener();
  const door = await openDoor(
    context,
    perParity(parity => portOf(servers[parity])),
    { ...options, onHealthChange: heard.tell },
  );
  context.after(() => Promise.all(Object.values(servers).map(server => server.closeAllConnections())));
  context.after(() => Promise.all(Object.values(servers).map(server => server.close())));
  return {
    door,
    kill,
    sicken: (parity: Parity) => (sick[parity] = true),
    mute: (parity: Parity) => (mute[parity] = true),
    believed: heard.believed,
  };
}

function listener() {
  const told = perParity(() => perBelief(() => Promise.withResolvers<void>()));
  return {
    tell: (parity: Parity, healthy: boolean) => told[parity][`${healthy}`].resolve(),
    believed: (parity: Parity, healthy: boolean) => told[parity][`${healthy}`].promise,
  };
}

const perBelief = <T>(make: () => T) => ({ true: make(), false: make() });

async function openDoor(
  context: TestContext,
  gateways: Record<Parity, number>,
  given: DoorOptions & { port?: number; onHealthChange?: (parity: Parity, healthy: boolean) => void } = {},
): Promise<FrontDoor> {
  const door = await openFrontDoor({
    port: given.port ?? 0,
    gateways,
    weights: given.weights ?? (() => ({ odd: 255, even: 0 })),
    mode: {
      ...(given.mode ?? quick),
      health: { intervalMs: given.intervalMs ?? 5, timeoutMs: 1_000, threshold: 2 },
    },
    relay: { connectTimeoutMs: 1_000, idleTimeoutMs: 10_000 },
    clock: given.clock ?? systemClock,
    draw: () => 0,
    onHealthChange: given.onHealthChange,
  });
  context.after(() => door.close());
  return door;
}

const portOf = (server: Server | ReturnType<typeof createTcpServer>) =>
  (server.address() as AddressInfo).port;

async function served(door: FrontDoor): Promise<string> {
  const headers = { connection: 'close' };
  return (await fetch(`http://127.0.0.1:${door.port}/`, { headers, method: 'POST' })).text();
}

/** What a machine with another address is served. */
async function servedTo(door: FrontDoor, localAddress: string): Promise<string> {
  const asked = request({ port: door.port, host: '127.0.0.1', localAddress, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return text(answer);
}
