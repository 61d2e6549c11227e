import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import { parseRelease } from '../../domain/release.ts';
import type { Rendered } from '../../release/keeper/render.ts';
import { writeRunFile } from '../state/run-file.ts';
import { statePaths } from '../state/state-paths.ts';
import type { ControlHandlers, ControlReply, PairStatus } from './control-api.ts';
import type { FaultRequest } from './control-requests.ts';
import { controlOf } from './control-client.ts';
import { openControl } from './control-server.ts';
import { fakeHandlers } from './fake-handlers.ts';

describe('the control socket', () => {
  it('answers the status, and what kill and heal were asked for', async context => {
    const asked: [string, FaultRequest][] = [];
    const { control } = await openPair(context, {
      kill: fault => (asked.push(['kill', fault]), status()),
      heal: fault => (asked.push(['heal', fault]), status()),
    });
    assert.equal((await control.status()).pid, 4711);
    await control.kill({ cluster: 'odd', what: 'broker' });
    await control.heal({ cluster: 'even', what: 'all' });
    assert.deepEqual(asked, [
      ['kill', { cluster: 'odd', what: 'broker' }],
      ['heal', { cluster: 'even', what: 'all' }],
    ]);
  });

  it('hands refusals on as they are', async context => {
    const { control } = await openPair(context, {
      kill: async () => {
        throw new ParityError('engine_failed', 'RabbitMQ odd was given by URL.');
      },
    });
    const refusal = { code: 'engine_failed', message: 'RabbitMQ odd was given by URL.' };
    await assert.rejects(control.kill({ cluster: 'odd', what: 'all' }), refusal);
  });

  it('refuses what no cluster has', async context => {
    const { refusal } = await openPair(context);
    const { code, message } = await refusal('kill', { cluster: 'odd', what: 'phones' });
    assert.equal(code, 'invalid_request');
    assert.match(
      message,
      /^Say which cluster \(odd or even\) and what of it \(services, .*all\), or what both share/,
    );
  });

  it('hands releases and routings through as they are', async context => {
    const asked: unknown[] = [];
    const release = parseRelease('42.1');
    const rendered: Rendered = {
      recordVersion: 7,
      lapsed: false,
      routing: {
        live: { parity: 'odd', release: parseRelease('41') },
        candidate: release,
        threshold: 5,
        cohorts: ['beta'],
      },
    };
    const { control } = await openPair(context, {
      run: async at => (asked.push(at), null),
      workload: async () => ({ state: 'failed', why: 'it does not start' }),
      readBackRouting: async () => [rendered],
      applyRecord: async ({ rendered: given }) => (asked.push(given), null),
    });
    await control.run({ cluster: 'even', release, share: 0.1 });
    await control.applyRecord({ cluster: 'odd', rendered });
    assert.deepEqual(asked, [{ cluster: 'even', release, share: 0.1 }, rendered]);
    assert.deepEqual(await control.workload({ cluster: 'even', release }), {
      state: 'failed',
      why: 'it does not start',
    });
    // Keepers compare texts.
    assert.equal(JSON.stringify(asked[1]), JSON.stringify(rendered));
    assert.equal(
      JSON.stringify(await control.readBackRouting({ cluster: 'odd' })),
      JSON.stringify([rendered]),
    );
  });

  it('refuses what is no release, and says so', async context => {
    const { refusal } = await openPair(context);
    const { code, message } = await refusal('run', { cluster: 'odd', release: 'latest', share: 2 });
    assert.equal(code, 'invalid_request');
    assert.match(message, /^This is no request to run:\n.*"latest" is no release/s);
  });

  it('refuses to rotate what nobody knows', async context => {
    const { refusal } = await openPair(context);
    assert.deepEqual(await refusal('rotate', { what: 'tyres' }), {
      code: 'invalid_request',
      message: 'Say what to rotate: certificates, authority, signing-key.',
    });
  });

  it('refuses an action that there is not, and what is no question at all', async context => {
    const { ask, refusal } = await openPair(context);
    const unknown = { code: 'not_found', message: 'The control socket knows no explode.' };
    assert.deepEqual(await refusal('explode', {}), unknown);
    assert.match(await ask('GET / HTTP/1.1\r\n'), /"not_found".*knows no such thing/);
  });

  it('is for its owner alone, and gone when it is closed', async context => {
    const { control, paths, close } = await openPair(context);
    assert.equal((await stat(join(paths.root, 'control.sock'))).mode & 0o777, 0o600);
    await close();
    await assert.rejects(stat(join(paths.root, 'control.sock')), { code: 'ENOENT' });
    await assert.rejects(control.status(), {
      code: 'not_running',
      message: 'Parity is not running here: start it with npm start.',
    });
  });

  it('works in a folder whose path is longer than a socket address', async context => {
    const { control, paths } = await openPair(context, {}, 'deep'.repeat(30));
    assert.ok(paths.root.length > 108);
    assert.equal((await control.status()).pid, 4711);
  });

  it('gives a sign of life before it has done what was asked for', async context => {
    const { promise: killed, resolve } = Promise.withResolvers<PairStatus>();
    const { paths } = await openPair(context, { kill: () => killed });
    const connection = connect(join(paths.root, paths.controlSocket));
    connection.end('{"action":"kill","request":{"cluster":"odd","what":"all"}}');
    const [sign] = (await once(connection, 'data')) as [Buffer];
    assert.equal(String(sign), ' ');
    resolve(await status());
    const [answer] = (await once(connection, 'data')) as [Buffer];
    assert.deepEqual(JSON.parse(String(answer)), { answer: await status() });
  });

  it('does not wait for ever for a pair that gives none, and says what to do', async context => {
    const { paths, close } = await openPair(context);
    await close();
    await writeRunFile(paths, { pid: 4711, ...runs });
    const frozen = createServer(() => {}).listen(join(paths.root, paths.controlSocket));
    context.after(() => frozen.close());
    await once(frozen, 'listening');
    await assert.rejects(controlOf(paths, 20).status(), {
      code: 'unreachable',
      message:
        'The pair (process 4711) does not answer: it is stopped (kill -CONT 4711) or stuck (kill 4711, then ' +
        'npm start). Once it goes on it may still do what was asked.',
    });
  });

  it('takes a pair that dies before it has answered for one that does not run', async context => {
    const { control, close } = await openPair(context, { kill: async () => (void close(), status()) });
    await assert.rejects(control.kill({ cluster: 'odd', what: 'all' }), { code: 'not_running' });
  });

  it('tells a pair that is starting from one that is not there', async context => {
    const { control, paths, close } = await openPair(context);
    await close();
    await writeRunFile(paths, { pid: process.pid, ...runs });
    await assert.rejects(control.status(), {
      code: 'not_running',
      message: `Parity is not up yet: process ${process.pid} is starting it.`,
    });
  });

  it('takes the place of what a killed pair left', async context => {
    const { paths } = await openPair(context);
    const second = await openControl(paths, handlers({}));
    context.after(() => second.close());
    assert.equal((await controlOf(paths).status()).pid, 4711);
  });
});

const runs = {
  startedAt: '2026-11-22T06:28:44.313Z',
  url: 'http://127.0.0.1:8080',
  gateways: { odd: 'http://127.0.0.1:8081', even: 'http://127.0.0.1:8082' },
  phonesUrl: 'http://127.0.0.1:8083',
};

async function openPair(context: TestContext, given: Partial<ControlHandlers> = {}, below = '') {
  const folder = await mkdtemp(join(tmpdir(), 'parity-control-'));
  context.after(() => rm(folder, { recursive: true }));
  const paths = statePaths(join(folder, below));
  await mkdir(paths.root, { recursive: true });
  const server = await openControl(paths, handlers(given));
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= server.close());
  context.after(close);
  const ask = (question: string) => {
    const connection = connect(join(paths.root, paths.controlSocket));
    connection.end(question);
    return text(connection);
  };
  /** Asks past the client, which would not compile. */
  const refusal = async (action: string, request: unknown) => {
    const reply = JSON.parse(await ask(JSON.stringify({ action, request }))) as ControlReply<'kill'>;
    return 'error' in reply ? reply.error : assert.fail('it was not refused');
  };
  return { control: controlOf(paths), paths, close, ask, refusal };
}

const status = async () => ({ pid: 4711 }) as PairStatus;

function handlers(given: Partial<ControlHandlers>): ControlHandlers {
  return fakeHandlers({ status, ...given });
}
