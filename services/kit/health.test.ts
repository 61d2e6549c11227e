import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { serviceNames } from '../../domain/catalogue.ts';
import { probesOf } from '../../domain/service-probes.ts';
import { checkDeadlineMs, createHealth, type Check } from './health.ts';
import { silentLog } from './logger.ts';
import { manualClock } from './manual-clock.ts';

const ok: Check = async () => {};
const fail: Check = async () => {
  throw new TypeError('away');
};

function healthOf(
  checks: Partial<Record<'spool' | 'vault' | 'database' | 'broker' | 'peer-broker', Check>> = {},
) {
  const clock = manualClock();
  const health = createHealth({
    identity: { cluster: 'odd', release: parseRelease('1') },
    services: ['processor', 'storage'],
    checks: { spool: ok, vault: ok, database: ok, broker: ok, ...checks },
    clock,
    log: silentLog,
  });
  const ready = async (query = '') => {
    const { status, ...answer } = await health.readiness(new URLSearchParams(query));
    assert.ok('json' in answer);
    return [status, answer.json] as [number, Record<string, unknown>];
  };
  return { clock, health, ready };
}

describe('liveness', () => {
  it('says no more of a process than that, whatever else it is given of it', async () => {
    const identity = { cluster: 'odd', release: parseRelease('1'), masterKey: 'its file' } as const;
    const { liveness } = createHealth({
      identity,
      services: [],
      checks: {},
      clock: manualClock(),
      log: silentLog,
    });
    const answer = await liveness(new URLSearchParams());
    assert.deepEqual(answer, { status: 200, json: { alive: true, cluster: 'odd', release: '1' } });
  });

  it('says who is alive, whatever the dependencies do', async () => {
    const { health } = healthOf({ spool: fail, database: fail, broker: fail });
    assert.deepEqual(await health.liveness(new URLSearchParams()), {
      status: 200,
      json: { alive: true, cluster: 'odd', release: '1' },
    });
  });
});

describe('readiness', () => {
  it('is given when every check that a service requires succeeds', async () => {
    const [status, json] = await healthOf().ready();
    assert.equal(status, 200);
    assert.deepEqual(json.services, { processor: true, storage: true });
    assert.deepEqual(json.checks, { spool: 'ok', vault: 'ok', database: 'ok', broker: 'ok' });
  });

  it('is refused for the service whose check fails, and only for that one', async () => {
    const { ready } = healthOf({ database: fail });
    const [status, json] = await ready();
    assert.equal(status, 503);
    assert.deepEqual(json.services, { processor: true, storage: false });
    assert.equal((await ready('service=processor'))[0], 200);
    assert.equal((await ready('service=storage'))[0], 503);
  });

  it('is refused for a service that does not run here', async () => {
    assert.equal((await healthOf().ready('service=notification'))[0], 503);
  });

  it('does not depend on the peer broker', async () => {
    const [status, json] = await healthOf({ 'peer-broker': fail }).ready();
    assert.equal(status, 200);
    assert.equal((json.checks as Record<string, string>)['peer-broker'], 'failed');
  });

  it('is refused when a check hangs, which is not started again before it ended', async () => {
    let started = 0;
    const hang = () => {
      started++;
      return new Promise<void>(() => {});
    };
    const { clock, ready } = healthOf({ spool: hang });
    for (let round = 0; round < 3; round++) {
      const answer = ready();
      clock.advance(1_000);
      const [status, json] = await answer;
      assert.equal(status, 503);
      assert.equal((json.checks as Record<string, string>).spool, 'overdue');
    }
    assert.equal(started, 1);
  });

  it('asks the dependencies once a second, however often it is asked', async () => {
    let asked = 0;
    const { clock, ready } = healthOf({ spool: async () => void asked++ });
    await Promise.all([ready(), ready()]);
    clock.advance(999);
    await ready();
    assert.equal(asked, 1);
    clock.advance(1);
    await ready();
    assert.equal(asked, 2);
  });

  it('comes back by itself', async () => {
    let away = true;
    const { clock, ready } = healthOf({ spool: () => (away ? fail() : ok()) });
    assert.equal((await ready())[0], 503);
    away = false;
    clock.advance(1_000);
    assert.equal((await ready())[0], 200);
  });

  it('is refused when a required check is missing', async () => {
    const { ready } = healthOf({ vault: undefined });
    assert.equal((await ready('service=storage'))[0], 503);
  });

  it('answers within the time that its askers give it, even when a check hangs', () => {
    for (const name of serviceNames) assert.ok(checkDeadlineMs < probesOf(name).readiness.timeoutMs);
  });

  it('ends when draining begins', async () => {
    const { health, ready } = healthOf();
    health.startDraining();
    const [status, json] = await ready();
    assert.equal(status, 503);
    assert.equal(json.draining, true);
  });
});
