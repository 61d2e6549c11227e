import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import type { Clock } from '../../release/ports.ts';
import { runSmoke } from './smoke.ts';
import { smokeClient } from './smoke-client.ts';

const paper = Buffer.from('a paper');

/** What a small pair does wrong. */
interface Wrong {
  readonly servedBy?: string;
  readonly failing?: number;
  readonly bytes?: Buffer;
  readonly state?: string;
  readonly pushes?: number;
  readonly linkBytes?: Buffer;
  readonly takesOtherBytes?: true;
  readonly idOf?: (uploads: number) => string;
}

/** A pair of one document, in which a test's own time passes at once. */
async function aSmoke(test: TestContext, wrong: Wrong = {}) {
  const pair = smallPair(wrong);
  const server = createServer((request, response) => void pair.answer(request, response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  let ms = 0;
  const clock: Clock = {
    now: () => ms,
    monotonic: () => ms,
    delay: async waited => void (ms += waited),
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const push = { document: 'doc-1', link: 'link' };
  return runSmoke({
    client: smokeClient({ url, token: 't', release: parseRelease('42'), fetch, clock }),
    ...{ paper, key: 'k', phone: 'p', clock },
    shown: async () => Array.from({ length: wrong.pushes ?? 1 }, () => push),
    open: async () => wrong.linkBytes ?? paper,
  });
}

function smallPair({
  servedBy = 'even/42',
  failing = 0,
  bytes = paper,
  state = 'notified',
  ...wrong
}: Wrong) {
  let failures = failing;
  let uploads = 0;
  const answerTo = async (request: IncomingMessage): Promise<[number, string | Buffer]> => {
    const body = await buffer(request);
    if (failures-- > 0) return [500, '{"error":{"code":"internal"}}'];
    const { method = '', url = '' } = request;
    if (method === 'PUT') return [204, ''];
    if (method === 'GET')
      return [200, url.endsWith('/content') ? bytes : JSON.stringify({ id: 'doc-1', state })];
    if (body.equals(paper) || wrong.takesOtherBytes) {
      return [202, JSON.stringify({ id: wrong.idOf?.(++uploads) ?? 'doc-1', state: 'accepted' })];
    }
    return [422, '{"error":{"code":"idempotency_key_reused"}}'];
  };
  return {
    answer: async (request: IncomingMessage, response: ServerResponse) => {
      const [status, body] = await answerTo(request);
      response.writeHead(status, { 'x-parity-served-by': servedBy }).end(body);
    },
  };
}

describe('runSmoke', () => {
  it('goes through a release’s whole work', async test => {
    const checks = await aSmoke(test);
    assert.deepEqual(
      checks.map(({ name, ok }) => [name, ok]),
      [
        ['a phone is registered', true],
        ['a paper is accepted', true],
        ['the same again is the same document', true],
        ['other bytes under its key are refused', true],
        ['it is stored, and its owner told', true],
        ['the same bytes come back', true],
        ['the phone shows the push, once', true],
        ['the link of the push opens it', true],
      ],
    );
  });

  it('repeats what fails now and then, as an app does', async test => {
    assert.ok((await aSmoke(test, { failing: 5 })).every(({ ok }) => ok));
  });

  const broken: [Wrong, string, RegExp][] = [
    [
      { failing: 1_000 },
      'a phone is registered',
      /PUT \/v1\/devices\/p was answered 500 \(internal\), not 204/,
    ],
    [{ servedBy: 'even/41' }, 'a phone is registered', /answered by even\/41 \(204\), not by release 42/],
    [{ servedBy: 'x/42' }, 'a phone is registered', /answered by x\/42/],
    [
      { idOf: uploads => `doc-${uploads}` },
      'the same again is the same document',
      /it became doc-2, not doc-1/,
    ],
    [{ takesOtherBytes: true }, 'other bytes under its key are refused', /was answered 202, not 422/],
    [{ state: 'stored' }, 'it is stored, and its owner told', /^after 15 s it is still stored$/],
    [
      { bytes: Buffer.from('other') },
      'the same bytes come back',
      /^it sent 7 bytes \(.+\) and was given 5 bytes/,
    ],
    [{ pushes: 0 }, 'the phone shows the push, once', /shows 0 pushes/],
    [{ pushes: 2 }, 'the phone shows the push, once', /shows 2 pushes/],
    [{ linkBytes: Buffer.from('x') }, 'the link of the push opens it', /^it gave 1 bytes/],
  ];
  for (const [wrong, name, why] of broken) {
    it(`stops at "${name}" and says why: ${why.source}`, async test => {
      const last = (await aSmoke(test, wrong)).at(-1);
      assert.ok(last !== undefined && !last.ok);
      assert.equal(last.name, name);
      assert.match(last.why, why);
    });
  }
});
