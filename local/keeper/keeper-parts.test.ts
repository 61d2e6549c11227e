import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ParityError } from '../../domain/errors.ts';
import { recordIn } from '../../domain/record-in.ts';
import { parseRecord } from '../../domain/record.ts';
import { parseRelease } from '../../domain/release.ts';
import { renderAt } from '../../release/keeper/render.ts';
import { manualClock } from '../../services/kit/manual-clock.ts';
import { testFolder } from '../../services/kit/test-folder.ts';
import type { ReleaseWorkload } from '../control/control-api.ts';
import { askServices } from './ask-services.ts';
import { controlGateway } from './control-gateway.ts';
import { fileMemory } from './file-memory.ts';
import { keeperEnvironment, readKeeperSettings } from './keeper-environment.ts';

const rendered = renderAt(recordIn('shifted'), 0, undefined);

describe('controlGateway', () => {
  const aGateway = (applyRecord: () => Promise<null>) => {
    const clock = manualClock();
    const control = { applyRecord, readBackRouting: async () => [rendered] };
    return { clock, gateway: controlGateway(control, { cluster: 'odd', clock }) };
  };

  it('does not have the same refused all the time, but what is new at once', async () => {
    let asked = 0;
    const refusal = new ParityError('gateway_refused', 'Envoy does not accept this.');
    const { clock, gateway } = aGateway(() => (asked++, Promise.reject(refusal)));
    for (const passMs of [0, 1_999, 1]) {
      clock.advance(passMs);
      await assert.rejects(gateway.apply(rendered), { code: 'gateway_refused' });
    }
    assert.equal(asked, 2);
    await assert.rejects(gateway.apply({ ...rendered, recordVersion: 2 }), { code: 'gateway_refused' });
    assert.equal(asked, 3);
  });

  it('is unreachable, and asked again, while the pair does not run', async () => {
    let asked = 0;
    const nobody = new ParityError('not_running', 'Parity is not running here.');
    const { gateway } = aGateway(() => (asked++, Promise.reject(nobody)));
    await assert.rejects(gateway.apply(rendered), { code: 'unreachable' });
    await assert.rejects(gateway.apply(rendered), { code: 'unreachable' });
    assert.equal(asked, 2);
    assert.deepEqual(await gateway.readBack(), [rendered]);
  });
});

describe('fileMemory', () => {
  it('remembers the record over a death', async test => {
    const file = join(await testFolder(test), 'keepers', 'odd.json');
    const tell = () => assert.fail('nothing to tell');
    assert.equal(await fileMemory(file, tell).load(), undefined);
    await fileMemory(file, tell).save(recordIn('beta'));
    assert.equal(
      JSON.stringify(await fileMemory(file, tell).load()),
      JSON.stringify(parseRecord(recordIn('beta'))),
    );
  });

  it('does without what cannot be written or read, and says so', async test => {
    const file = join(await testFolder(test), 'odd.json');
    const told: string[] = [];
    await writeFile(file, '{ "schema"');
    assert.equal(await fileMemory(file, line => void told.push(line)).load(), undefined);
    await mkdir(`${file}.new`);
    await fileMemory(file, line => void told.push(line)).save(recordIn('beta'));
    assert.match(told.join('\n'), /^memory: SyntaxError.*\nmemory: Error: EISDIR/);
  });
});

describe('askServices', () => {
  const proven = parseRelease('1');

  it('asks the proven release first, and the next where that one does not answer', async test => {
    const asked: string[] = [];
    const serve = (name: string, status: number) =>
      serving(test, async ({ path, body }) => {
        asked.push(`${name} ${path} ${body}`);
        return { status, body: { documents: { a: 'stored' }, pushes: { a: 'sent' } } };
      });
    const [away, good] = [await serve('proven', 503), await serve('candidate', 200)];
    const workloads = async () => [running('2', good), running('1', away)];
    const services = askServices({ workloads, proven: () => proven });
    assert.deepEqual(await services.documents(['a']), { a: 'stored' });
    assert.deepEqual(await services.pushes(['a']), { a: 'sent' });
    assert.deepEqual(asked, [
      'proven /outcomes/documents {"ids":["a"]}',
      'candidate /outcomes/documents {"ids":["a"]}',
      'proven /outcomes/pushes {"ids":["a"]}',
      'candidate /outcomes/pushes {"ids":["a"]}',
    ]);
  });

  it('says that nobody tells', async test => {
    const port = await serving(test, async () => ({ status: 503, body: {} }));
    const services = askServices({ workloads: async () => [running('1', port)], proven: () => proven });
    await assert.rejects(services.documents(['a']), {
      code: 'unreachable',
      message: 'No storage of this cluster says what became of documents.',
    });
  });
});

describe('keeperEnvironment', () => {
  it('says what is read from it', () => {
    const settings = {
      cluster: 'even',
      stateFolder: '/state',
      port: 7000,
      prometheusUrl: 'http://127.0.0.1:9090/',
    } as const;
    assert.deepEqual(readKeeperSettings(keeperEnvironment(settings)), settings);
  });

  it('names every fault', () => {
    assert.throws(() => readKeeperSettings({ PARITY_CLUSTER: 'left' }), {
      code: 'invalid_configuration',
      message: /odd or even[^]*PARITY_STATE[^]*PARITY_KEEPER_PORT[^]*PARITY_PROMETHEUS_URL/,
    });
  });
});

function running(release: string, port: number): ReleaseWorkload {
  const status = { state: 'running', pid: 1, restarts: 0, lastEnd: undefined } as const;
  return {
    release: parseRelease(release),
    processes: [{ ...status, services: ['storage', 'notification'], port }],
  };
}

async function serving(
  test: TestContext,
  answer: (asked: { path: string; body: string }) => Promise<{ status: number; body: unknown }>,
): Promise<number> {
  const server = createServer((request, response) => {
    void text(request)
      .then(body => answer({ path: request.url ?? '', body }))
      .then(({ status, body }) => response.writeHead(status).end(JSON.stringify(body)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}
