import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { parities } from '../../domain/parity.ts';
import { systemClock } from '../../services/kit/ports.ts';
import { sendRaw, tokenFor } from './ask-gateway.ts';
import { sharedGatewayWorld } from './shared-gateway-world.ts';

const MiB = 1024 * 1024;
const large = 32 * MiB;

/** A request whose body is sent, and whose answer is read, by whoever made it; it ends with the test. */
function ownRequest(
  test: TestContext,
  url: string,
  { method, headers }: { method: string; headers: OutgoingHttpHeaders },
) {
  const asked = request(`${url}/v1/documents`, { method, headers, agent: false });
  asked.on('error', () => {}).on('response', response => response.on('error', () => {}));
  test.after(() => asked.destroy());
  return asked;
}

describe('gateways between fast writers and slow readers', { timeout: 120_000 }, () => {
  const world = sharedGatewayWorld();
  const slow = 8;

  /** What both Envoys hold, in MiB. */
  const heldMiB = async () => {
    let held = 0;
    for (const parity of parities) {
      const { pid } = world().gateways[parity].workload.status();
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      held += Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
    }
    return held;
  };
  /** How much more than `before` they hold once they take in nothing more. */
  const grownMiB = async (before: number) => {
    for (let last = before; ;) {
      await systemClock.delay(500);
      const now = await heldMiB();
      if (now - last < 0.1) return now - before;
      last = now;
    }
  };
  /** By odd to the candidate on even: both gateways, and the link between them. */
  const throughBoth = async () => ({
    authorization: `Bearer ${await tokenFor(world(), { cohorts: ['beta'] })}`,
  });

  it('hold little of answers that nobody reads', async test => {
    const headers = { ...(await throughBoth()), 'x-stub-bytes': String(large) };
    const before = await heldMiB();
    for (let nth = 0; nth < slow; nth += 1) {
      const asked = ownRequest(test, world().urls.odd, { method: 'GET', headers });
      asked.end();
      await once(asked, 'response');
    }
    // Measured: 8.5; without bounds on buffers of clusters 12, of listeners 18, on windows 20 and more.
    const grown = await grownMiB(before);
    assert.ok(grown < 11, `${grown} MiB`);
  });

  it('hold little of bodies that nobody reads', async test => {
    const headers = { ...(await throughBoth()), 'content-length': String(large) };
    const service = world().stub('even', '2');
    const before = await heldMiB();
    const uploads = [];
    for (let nth = 0; nth < slow; nth += 1) {
      const upload = ownRequest(test, world().urls.odd, { method: 'POST', headers });
      const came = service.nextRequest();
      upload.flushHeaders();
      await came;
      uploads.push(upload);
    }
    service.signal('SIGSTOP');
    test.after(() => service.signal('SIGCONT'));
    const body = Buffer.alloc(large);
    for (const upload of uploads) upload.end(body);
    const grown = await grownMiB(before);
    assert.ok(grown < 11, `${grown} MiB`);
  });
});

describe('a gateway on whose requests nothing moves', { timeout: 60_000 }, () => {
  const world = sharedGatewayWorld({ limits: { silenceMs: 1_000 } });

  it('ends those whose body stops on its way', async () => {
    const head = 'POST /v1/documents HTTP/1.1\r\nhost: parity\r\ncontent-length: 10\r\n\r\n';
    const answer = await sendRaw(world().urls.odd, `${head}half`);
    assert.match(answer, /^HTTP\/1.1 408 /);
    assert.match(answer, /"code":"body_too_slow","message":"The request came too slowly/);
  });

  it('ends those whose answer nobody reads', async test => {
    const { admin } = await world().gateways.odd.workload.started();
    const name = 'http.ingress.downstream_rq_idle_timeout';
    const ended = async () => Number((await admin.statistics(`^${name}$`, 'numbers')).get(name));
    const before = await ended();
    const headers = { 'x-stub-bytes': String(large) };
    ownRequest(test, world().urls.odd, { method: 'GET', headers }).end();
    while ((await ended()) === before) await systemClock.delay(20);
  });
});
