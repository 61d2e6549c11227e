import assert from 'node:assert/strict';
import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { peerOf } from '../../domain/parity.ts';
import { parseRelease } from '../../domain/release.ts';
import { systemClock, systemRandom } from '../../services/kit/ports.ts';
import { ask, tokenFor, type Answered, type Question } from './ask-gateway.ts';
import { askPeer } from './ask-peer.ts';
import { keepGatewayKeys } from './gateway-keys.ts';
import { createAuthority, issueCertificate } from './issue-certificates.ts';
import { sharedGatewayWorld } from './shared-gateway-world.ts';

const minting = { clock: systemClock, random: systemRandom };

describe('where a gateway has a request served', { timeout: 120_000 }, () => {
  const world = sharedGatewayWorld();
  const odd = () => world().urls.odd;
  const beta = () => tokenFor(world(), { cohorts: ['beta'] });

  /** Sends a request that can be found again. */
  const marked = (mark: string, question: Question = {}) =>
    ask(odd(), { ...question, path: `/v1/documents?${mark}` });
  const times = (cluster: 'odd' | 'even', release: string, mark: string) =>
    world()
      .stub(cluster, release)
      .seen.filter(({ url }) => url.endsWith(`?${mark}`)).length;
  /** Asks until `wanted` serves: health checks notice in their time. */
  const untilServedBy = async (wanted: string, question: Question = {}): Promise<Answered> => {
    for (;;) {
      const answer = await ask(odd(), question);
      if (answer.servedBy === wanted) return answer;
      await systemClock.delay(50);
    }
  };

  it('is the candidate beyond the peer’s gateway, for whoever is on it', async () => {
    const token = await beta();
    await marked('beta', { token });
    assert.equal(times('even', '2', 'beta'), 1);
  });

  it('is no place that a client names: our words and Envoy’s are taken from no client', async () => {
    const headers = {
      'x-parity-release': '2',
      'x-parity-service': 'storage',
      'x-envoy-retry-on': '5xx',
      'x-envoy-max-retries': '9',
      'x-envoy-upstream-rq-timeout-ms': '1',
      'x-envoy-original-path': '/v1/admin/parked',
    };
    const answer = await ask(odd(), { headers });
    assert.equal(answer.servedBy, 'odd/1');
    const { headers: got } = JSON.parse(answer.text) as { headers: Record<string, string> };
    assert.equal(got['x-parity-release'], '1');
    for (const name of Object.keys(headers).slice(2)) assert.equal(got[name], undefined, name);
  });

  it('is asked again when it says 503, but never without end, and only for what may be done twice', async () => {
    const headers = { 'x-stub-status': '503' };
    assert.equal((await marked('read', { headers })).status, 503);
    assert.equal(times('odd', '1', 'read') + times('even', '1', 'read'), 4);
    assert.equal((await marked('write', { method: 'POST', headers, body: 'x' })).status, 503);
    assert.equal(times('odd', '1', 'write') + times('even', '1', 'write'), 1);
  });

  it('is asked again for many at once: what one may be repeated is no one else’s', async () => {
    const headers = { 'x-stub-status': '503' };
    await Promise.all(Array.from({ length: 30 }, () => marked('crowd', { headers })));
    assert.equal(times('odd', '1', 'crowd') + times('even', '1', 'crowd'), 30 * 4);
  });

  it('gets time when it is slow: the peer is asked too, and a good answer holds', async () => {
    const headers = { 'x-stub-delay-ms': '3600' };
    const [read, keyed, plain] = await Promise.all([
      marked('slow-read', { headers }),
      marked('slow-keyed', { method: 'POST', body: 'x', headers: { ...headers, 'idempotency-key': 'k' } }),
      marked('slow-plain', { method: 'POST', body: 'x', headers }),
    ]);
    assert.deepEqual([read.status, keyed.status, plain.status], [200, 202, 202]);
    for (const mark of ['slow-read', 'slow-keyed']) assert.equal(times('even', '1', mark), 1, mark);
    assert.equal(times('odd', '1', 'slow-plain') + times('even', '1', 'slow-plain'), 1);
  });

  it('has requests under way as long as they last, wherever they came in', async () => {
    const { even } = world().gateways;
    const [live, candidate] = [parseRelease('1'), parseRelease('2')];
    // What was asked here for company, and not needed, may still be being let go.
    while ((await even.underWay(live)) > 0) await systemClock.delay(20);
    const came = world().stub('even', '2').nextRequest();
    const slow = marked('under-way', { token: await beta(), headers: { 'x-stub-delay-ms': '1000' } });
    await came;
    assert.deepEqual([await even.underWay(candidate), await even.underWay(live)], [1, 0]);
    assert.equal((await slow).servedBy, 'even/2');
    while ((await even.underWay(candidate)) > 0) await systemClock.delay(20);
  });

  it('sees a large upload while it comes, not when all of it is there', async () => {
    const service = world().stub('odd', '1');
    const { port } = new URL(odd());
    const upload = request({ port, path: '/v1/documents', method: 'POST', agent: false });
    const came = service.nextRequest();
    upload.write(Buffer.alloc(256 * 1024));
    await came;
    upload.end(Buffer.alloc(4 * 1024 * 1024));
    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    const { bytes } = JSON.parse(await text(response)) as { bytes: number };
    assert.equal(bytes, 4 * 1024 * 1024 + 256 * 1024);
  });

  it('is the other one when a keyed request’s dies with it; one without a key is not sent twice', async () => {
    const service = world().stub('odd', '1');
    const headers = { 'x-stub-delay-ms': '1500' };
    const write = { method: 'POST', headers: { ...headers, 'idempotency-key': 'k' } };
    // The second is more than a connection's buffer holds, the third all that is held to be sent again.
    const sizes = [5, 65 * 1024, 1024 * 1024];
    const keyed = sizes.map(size => marked(`dying-${size}`, { ...write, body: Buffer.alloc(size) }));
    const plain = marked('dying-plain', { method: 'POST', body: 'hello', headers });
    const read = marked('dying-read', { headers });
    while (service.seen.filter(({ url }) => url.includes('dying-')).length < 5) await service.nextRequest();
    service.signal('SIGKILL');
    for (const [index, answer] of (await Promise.all(keyed)).entries()) {
      assert.equal(answer.servedBy, 'even/1', `${sizes[index]}`);
      assert.equal((JSON.parse(answer.text) as { bytes: number }).bytes, sizes[index]);
    }
    assert.equal((await read).servedBy, 'even/1');
    assert.equal((await plain).status, 503);
    assert.equal((await plain).error?.code, 'overloaded');
    assert.match((await plain).error?.message ?? '', /ended before it answered.* Send it again/);
    assert.equal(times('even', '1', 'dying-plain'), 0);
  });

  it('is the peer while services here are dead, and dead they are no place for DNS', async () => {
    assert.equal((await ask(odd())).servedBy, 'even/1');
    const alive = await ask(odd(), { path: '/healthz' });
    assert.equal(alive.status, 503);
    assert.equal((await ask(odd(), { method: 'POST', body: 'x' })).servedBy, 'even/1');
  });

  it('is nowhere when all are dead: a quick answer of ours, and no circle', async () => {
    world().stub('even', '1').signal('SIGKILL');
    const began = performance.now();
    for (const url of Object.values(world().urls)) {
      const answer = await ask(url);
      assert.equal(answer.status, 503);
      assert.equal(answer.error?.code, 'overloaded');
      assert.match(answer.error.message, /try again/);
      assert.match(answer.servedBy ?? '', /^(odd|even)\/gateway$/);
      assert.equal(answer.headers['retry-after'], '1');
    }
    assert.ok(performance.now() - began < 5_000);
  });

  it('is here again when services are back', async () => {
    await Promise.all([world().stub('odd', '1').start(), world().stub('even', '1').start()]);
    await untilServedBy('odd/1');
  });

  it('is not here any more after five connections in a row have failed, before a health check says so', async () => {
    const { admin } = await world().gateways.odd.workload.started();
    const here = 'cluster.here-1-storage';
    const numberOf = async (name: string) =>
      Number((await admin.statistics(`^${here}.${name}$`, 'numbers')).get(`${here}.${name}`) ?? 0);
    const ejections = 'outlier_detection.ejections_enforced_consecutive_local_origin_failure';
    const before = await numberOf(ejections);
    world().stub('odd', '1').signal('SIGKILL');
    while ((await numberOf('membership_healthy')) > 0) {
      await Promise.all(Array.from({ length: 10 }, () => ask(odd())));
    }
    assert.equal(await numberOf(ejections), before + 1);
    await world().stub('odd', '1').start();
    await untilServedBy('odd/1');
  });

  it('is the live release here when the candidate is dead wherever it runs', async () => {
    const token = await beta();
    world().stub('even', '2').signal('SIGKILL');
    assert.equal((await untilServedBy('odd/1', { token })).status, 200);
    await world().stub('even', '2').start();
    await untilServedBy('even/2', { token });
  });

  it('is the peer when services here are frozen, which DNS is told at once', async () => {
    const service = world().stub('odd', '1');
    service.signal('SIGSTOP');
    try {
      const [read, alive] = await Promise.all([ask(odd()), ask(odd(), { path: '/healthz' })]);
      assert.equal(read.servedBy, 'even/1');
      assert.equal(alive.status, 504);
      assert.equal(alive.error?.code, 'timed_out');
    } finally {
      service.signal('SIGCONT');
    }
    await untilServedBy('odd/1');
  });

  describe('as the peer’s gateway may ask it', () => {
    const decided = { 'x-parity-release': '1', 'x-parity-service': 'storage' };
    const keys = () => keepGatewayKeys(world().paths.keys.gateways, minting);

    it('serves what the peer has decided, and says 503 of all else', async () => {
      const { certificates } = await keys();
      const shown = certificates[peerOf('odd')];
      const port = world().peerPorts.odd;
      assert.equal(await askPeer(port, { shown, headers: decided }), 200);
      assert.equal(await askPeer(port, { shown }), 503);
      assert.equal(await askPeer(port, { shown, headers: { ...decided, 'x-parity-release': '2' } }), 503);
    });

    it('talks to nobody without a certificate', async () => {
      await assert.rejects(askPeer(world().peerPorts.odd, { headers: decided }));
    });

    it('talks to nobody but the peer, whoever signed his certificate', async () => {
      const { certificates, authorities } = await keys();
      const [authority] = authorities;
      assert.ok(authority);
      const others = [
        certificates.odd,
        await issueCertificate(authority, { ...minting, identity: 'spiffe://parity.local/gateway/other' }),
      ];
      for (const shown of others) {
        await assert.rejects(askPeer(world().peerPorts.odd, { shown, headers: decided }));
      }
    });

    it('believes no foreign authority, whatever it says', async () => {
      const identity = 'spiffe://parity.local/gateway/even';
      const shown = await issueCertificate(await createAuthority(minting), { ...minting, identity });
      await assert.rejects(askPeer(world().peerPorts.odd, { shown, headers: decided }));
    });
  });
});
