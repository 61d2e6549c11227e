import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { serviceNames } from '../../domain/catalogue.ts';
import { bucketOf, cohortsClaim } from '../../domain/claims.ts';
import { parities } from '../../domain/parity.ts';
import { parseRelease } from '../../domain/release.ts';
import { decide } from '../../domain/routing.ts';
import { defaultTokenIssuer } from '../../services/kit/config.ts';
import { systemClock } from '../../services/kit/ports.ts';
import { ask, tokenFor } from './ask-gateway.ts';
import { resourceName } from './envoy/names.ts';
import type { EnvoyObject } from './envoy/resource.ts';
import { fileOf, watchedFile } from './envoy/sources.ts';
import { forgivingEnvoy } from './forgiving-envoy.ts';
import { firstRouting } from './gateway-world.ts';
import { watchedFolder } from './render-gateway.ts';
import { sharedGatewayWorld } from './shared-gateway-world.ts';

describe('a pair of gateways', { timeout: 120_000 }, () => {
  const world = sharedGatewayWorld();
  const releaseOf = async (at: 'odd' | 'even', token?: string) => {
    const answer = await ask(world().urls[at], token === undefined ? {} : { token });
    return answer.servedBy?.split('/')[1];
  };

  it('has every user on the release that the record says, whichever gateway he asks', async () => {
    for (const threshold of [1000, 500, 0]) {
      const record = await world().route({ threshold });
      const users = Array.from({ length: 12 }, (_, index) => `user-${threshold}-${index}`);
      for (const user of users) {
        const token = await tokenFor(world(), { user });
        const expected = decide(record, { bucket: bucketOf(user), cohorts: cohortsClaim([]) });
        assert.equal(await releaseOf('odd', token), expected, user);
        assert.equal(await releaseOf('even', token), expected, user);
      }
    }
  });

  it('has whoever has no token on the live release, however far the candidate has come', async () => {
    await world().route({ threshold: 1000, cohorts: ['beta'] });
    assert.equal(await releaseOf('odd'), '1');
    assert.equal(await releaseOf('even'), '1');
  });

  it('has a routed cohort on the candidate, and nobody who merely sounds like it', async () => {
    await world().route({ threshold: 0, cohorts: ['beta'] });
    const [beta, betamax] = await Promise.all(
      ['beta', 'betamax'].map(cohort => tokenFor(world(), { cohorts: [cohort] })),
    );
    for (const at of parities) {
      assert.equal(await releaseOf(at, beta), '2');
      assert.equal(await releaseOf(at, betamax), '1');
    }
  });

  it('is not moved by an older record', async () => {
    await world().route({ threshold: 0, cohorts: ['beta'] });
    const { odd } = world().gateways;
    const newest = odd.rendered();
    const routing = { ...newest.routing, threshold: 1000 };
    await odd.applyRecord({ ...newest, routing, recordVersion: newest.recordVersion - 1 });
    assert.deepEqual([odd.rendered(), await odd.readBack()], [newest, newest]);
    assert.equal(await releaseOf('odd', await tokenFor(world())), '1');
  });

  it('takes changes one after the other, and the newest record stays', async () => {
    const { odd } = world().gateways;
    const { recordVersion } = odd.rendered();
    const steps = [2, 4, 1, 3].map(step => ({
      recordVersion: recordVersion + step,
      lapsed: false,
      routing: { ...firstRouting, threshold: step === 4 ? 1000 : 0 },
    }));
    await Promise.all(steps.map(step => odd.applyRecord(step)));
    assert.deepEqual(await odd.readBack(), steps[1]);
    assert.equal(await releaseOf('odd', await tokenFor(world())), '2');
    for (let step = 0; step < 5; step++) await world().route({ threshold: 0 });
    assert.equal(await releaseOf('odd', await tokenFor(world())), '1');
  });

  it('works by what it had when Envoy does not accept what is new', async () => {
    const { odd } = world().gateways;
    const before = odd.rendered();
    await assert.rejects(odd.applyTrust({ issuer: defaultTokenIssuer, keySet: '{"keys":"none"}' }), {
      code: 'gateway_refused',
      message: /Envoy does not accept the gateway's configuration: .*Jwks/s,
    });
    assert.deepEqual(await odd.readBack(), before);
    const beta = await tokenFor(world(), { cohorts: ['beta'] });
    assert.equal(await releaseOf('odd', beta), '2');
    await world().route({ cohorts: [] });
    assert.equal(await releaseOf('odd', beta), '1');
  });

  it('writes a new access log when the one before was put aside', async () => {
    const log = join(world().paths.gateways.odd, 'access.jsonl');
    await ask(world().urls.odd, { headers: { 'x-correlation-id': 'before-it' } });
    await rename(log, `${log}.1`);
    await world().gateways.odd.workload.lastLife()?.admin.reopenLogs();
    await ask(world().urls.odd, { headers: { 'x-correlation-id': 'after-it' } });
    const linesOf = (file: string) => readFile(file, 'utf8').catch(() => '');
    while (!(await linesOf(log)).includes('after-it')) await systemClock.delay(20);
    assert.ok(`${await linesOf(`${log}.1`)}${await linesOf(log)}`.includes('before-it'));
  });

  it('starts again when it was killed, and routes by what it had', async () => {
    await world().route({ cohorts: ['beta'] });
    const { workload } = world().gateways.odd;
    const { pid, restarts } = workload.status();
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    while (workload.status().restarts === restarts || workload.status().state !== 'running') {
      await systemClock.delay(20);
    }
    assert.notEqual(workload.status().pid, pid);
    const beta = await tokenFor(world(), { cohorts: ['beta'] });
    while ((await releaseOf('odd', beta)) !== '2') await systemClock.delay(20);
  });

  it('routes by a record that came while it was dead, once it is healed', async () => {
    const { odd } = world().gateways;
    await odd.workload.kill();
    await world().route({ cohorts: [], threshold: 1000 });
    await assert.rejects(odd.readBack(), {
      code: 'unreachable',
      message: 'The gateway of odd does not run.',
    });
    await odd.workload.heal();
    const token = await tokenFor(world());
    while ((await releaseOf('odd', token)) !== '2') await systemClock.delay(20);
  });

  it('is started again until it can listen, and says meanwhile what is in its way', async () => {
    const { workload } = world().gateways.odd;
    await workload.kill();
    const inItsWay = createServer().listen(Number(new URL(world().urls.odd).port), '127.0.0.1');
    await once(inItsWay, 'listening');
    await assert.rejects(workload.heal(), {
      code: 'engine_failed',
      message: /^gateway of odd cannot listen\. Its last words:.*Address already in use/s,
    });
    inItsWay.close();
    while (workload.status().state !== 'running') await systemClock.delay(20);
    const token = await tokenFor(world());
    while ((await releaseOf('odd', token)) === undefined) await systemClock.delay(20);
  });

  it('routes to a release that no record named before, and forgets it again', async () => {
    const { odd } = world().gateways;
    const next = parseRelease('3');
    await world().route({ candidate: next, threshold: 0, cohorts: ['beta'] });
    assert.deepEqual(await odd.sees(next), { here: false, peer: false });
    assert.equal(await releaseOf('odd', await tokenFor(world(), { cohorts: ['beta'] })), '1');
    await world().route({ candidate: parseRelease('2') });
  });

  it('lets nobody but its owner look at its keys, its logs and its admin interface', async () => {
    const folder = world().paths.gateways.odd;
    assert.equal((await stat(folder)).mode & 0o077, 0);
    for (const name of ['admin.sock', 'bootstrap.json', 'watched', 'envoy.log']) {
      assert.equal((await stat(join(folder, name))).mode & 0o077, 0, name);
    }
    for (const name of await readdir(join(folder, 'watched'), { recursive: true })) {
      assert.equal((await stat(join(folder, 'watched', name))).mode & 0o077, 0, name);
    }
    const bootstrap = await readFile(join(folder, 'bootstrap.json'), 'utf8');
    assert.ok(!bootstrap.includes('PRIVATE KEY'));
  });
});

describe('gateways that cannot reach each other at first', { timeout: 120_000 }, () => {
  const links: Server[] = [];
  /** The first connection of every health check breaks. */
  const linkTo = async (_to: unknown, port: number) => {
    let left = 2 * serviceNames.length;
    const link = createServer(socket => {
      if (left-- > 0) return socket.destroy();
      const onward = connect(port, '127.0.0.1');
      socket.on('error', () => onward.destroy()).pipe(onward);
      onward.on('error', () => socket.destroy()).pipe(socket);
    });
    links.push(link);
    await once(link.listen(0, '127.0.0.1'), 'listening');
    return (link.address() as AddressInfo).port;
  };
  const world = sharedGatewayWorld({ linkTo });
  after(() => links.forEach(link => link.close()));

  it('count as started only when each sees what runs at the other', async () => {
    const beta = await tokenFor(world(), { cohorts: ['beta'] });
    const answer = await ask(world().urls.odd, { token: beta });
    assert.equal(answer.servedBy, 'even/2');
    const { odd, even } = world().gateways;
    const candidate = parseRelease('2');
    assert.deepEqual(await odd.sees(candidate), { here: false, peer: true });
    assert.deepEqual(await even.sees(candidate), { here: true, peer: false });
  });
});

describe('a gateway whose files have a field that Envoy does not know', { timeout: 120_000 }, () => {
  const world = sharedGatewayWorld();

  it('works by what it had', async () => {
    const { odd } = world().gateways;
    const { admin } = await odd.workload.started();
    const looked = async () => [
      ...(await admin.statistics('^http.ingress.rds.ingress.update_(rejected|failure|success)$', 'numbers')),
    ];
    const [rendered, before] = [odd.rendered(), await looked()];
    const file = watchedFile(
      join(world().paths.gateways.odd, watchedFolder),
      fileOf.routes(resourceName.ingressRoutes),
    );
    const known = JSON.parse(await readFile(file, 'utf8')) as { resources: EnvoyObject[] };
    const resources = known.resources.map(resource => ({ ...resource, unheard_of: true }));
    await writeFile(`${file}.new`, JSON.stringify({ ...known, version_info: 'unheard-of', resources }));
    await rename(`${file}.new`, file);
    while (isDeepStrictEqual(await looked(), before)) await systemClock.delay(20);
    assert.deepEqual(await odd.readBack(), rendered);
  });
});

describe('a gateway whose Envoy refuses what was validated', { timeout: 120_000 }, () => {
  const hasty = { ...systemClock, monotonic: () => systemClock.monotonic() * 20 };
  const world = sharedGatewayWorld({ envoy: forgivingEnvoy, clock: hasty });

  it('says so, and is started again by what it had', async () => {
    const { odd } = world().gateways;
    await assert.rejects(odd.applyTrust({ issuer: defaultTokenIssuer, keySet: '{"keys":"none"}' }), {
      code: 'gateway_refused',
      message: /does not take its new filter-access-token; it works by what it had/,
    });
    await odd.workload.kill();
    await odd.workload.heal();
    const token = await tokenFor(world());
    for (;;) {
      const { status, servedBy } = await ask(world().urls.odd, { token });
      if (servedBy === 'odd/1') break;
      assert.equal(status, 503);
      await systemClock.delay(20);
    }
  });
});
