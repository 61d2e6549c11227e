import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { EnteredRequest } from '../../release/keeper/observe-request.ts';
import { systemClock } from '../../services/kit/ports.ts';
import { tailLog } from '../keeper/tail-log.ts';
import { enteredRequest } from './access-log-line.ts';
import { ask, tokenFor } from './ask-gateway.ts';
import { sharedGatewayWorld } from './shared-gateway-world.ts';

describe('a line of the access log', { timeout: 120_000 }, () => {
  const world = sharedGatewayWorld();

  /** What a keeper counts of the next request of this user by odd's gateway. */
  async function entered(user: string): Promise<EnteredRequest> {
    const tail = tailLog(join(world().paths.gateways.odd, 'access.jsonl'));
    try {
      for (;;) {
        const found: EnteredRequest[] = [];
        await tail.read(line => {
          const one = enteredRequest(line);
          if (one?.user === user) found.push(one);
        });
        if (found[0] !== undefined) return found[0];
        await systemClock.delay(20);
      }
    } finally {
      await tail.close();
    }
  }

  it('says whose request it was, what was decided, who answered, and which document it brought', async () => {
    const token = await tokenFor(world(), { user: 'upload' });
    const began = Date.now();
    await ask(world().urls.odd, { method: 'POST', token, body: 'a photo' });
    const { atMs, tookMs, ...rest } = await entered('upload');
    assert.deepEqual(rest, {
      user: 'upload',
      decided: '1',
      answeredBy: '1',
      routeClass: 'upload',
      status: 202,
      abandoned: false,
      document: '019a6f3e-5a00-7000-8000-000000000000',
    });
    assert.ok(atMs >= began - 1 && tookMs >= 0);
  });

  it('counts from the end of the request, however slowly that came', async () => {
    const token = await tokenFor(world(), { user: 'slow-sender' });
    const { port } = new URL(world().urls.odd);
    const headers = { authorization: `Bearer ${token}`, 'x-stub-delay-ms': '120' };
    const sending = request({ port, method: 'POST', path: '/v1/documents', headers, agent: false });
    sending.write('the first half');
    await systemClock.delay(2_000);
    sending.end('the second').on('response', response => response.resume());
    const { tookMs } = await entered('slow-sender');
    assert.ok(tookMs >= 100 && tookMs < 1_500, `${tookMs} ms`);
  });

  it('says that another release answered, that nobody did, and that a client went away', async () => {
    const peer = world().stub('even', '2');
    peer.signal('SIGKILL');
    const helped = await tokenFor(world(), { user: 'helped', cohorts: ['beta'] });
    await ask(world().urls.odd, { token: helped });
    const { decided, answeredBy, status } = await entered('helped');
    assert.deepEqual([decided, answeredBy, status], ['2', '1', 200]);
    await peer.start();
    const failing = await tokenFor(world(), { user: 'failing' });
    await ask(world().urls.odd, {
      method: 'POST',
      token: failing,
      headers: { 'x-stub-status': '500' },
      body: 'x',
    });
    assert.equal((await entered('failing')).status, 500);
    const leaving = await tokenFor(world(), { user: 'leaving' });
    const { port } = new URL(world().urls.odd);
    const headers = { authorization: `Bearer ${leaving}`, 'x-stub-delay-ms': '5000' };
    const left = request({ port, path: '/v1/documents', headers, agent: false }).on('error', () => {});
    const reached = world().stub('odd', '1').nextRequest();
    left.end();
    await reached;
    left.destroy();
    const { abandoned, status: none } = await entered('leaving');
    assert.deepEqual([abandoned, none], [true, 0]);
  });

  it('says nothing of a release where nobody is verified', async () => {
    await ask(world().urls.odd, { path: '/l/some-link' });
    await ask(world().urls.odd, { token: await tokenFor(world(), { user: 'last' }) });
    await entered('last');
    const tail = tailLog(join(world().paths.gateways.odd, 'access.jsonl'));
    const links: string[] = [];
    await tail.read(line => void (line.includes('storage.open') && links.push(line)));
    await tail.close();
    assert.ok(links.length > 0);
    assert.deepEqual(links.map(enteredRequest), [undefined]);
  });
});
