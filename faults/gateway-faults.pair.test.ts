import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { perParity, type Parity } from '../domain/parity.ts';
import { openFrontDoor } from '../local/front-door/front-door.ts';
import { quick } from '../local/front-door/front-door-mode.ts';
import { laptopRelay } from '../local/front-door/relay.ts';
import { openGatewayWorld, type GatewayWorld } from '../local/gateway/gateway-world.ts';
import { openBreakableProxy, type BreakableProxy } from '../services/kit/broker/breakable-proxy.ts';
import { systemClock } from '../services/kit/ports.ts';
import { machineLine } from './machine-line.ts';
import { percentile, startOpenLoad, type LoadRequest, type LoadSample } from './open-load.ts';
import { tokenUsers, type TokenUser } from './user-tokens.ts';

/** Little enough for two cores to serve all of it with one side gone: what is slow then is not the machine. */
const perSecond = 60;
const steadyMs = 3_000;
const faultMs = 5_000;

/** Small enough for a gateway to repeat it elsewhere, and too large for that. */
const small = Buffer.alloc(10 * 1024, 's');
const large = Buffer.alloc(2 * 1024 * 1024, 'l');

interface Fault {
  readonly begin: (world: FaultWorld) => unknown;
  readonly end: (world: FaultWorld) => unknown;
  /** True when connections of clients break, so that only the client can repeat. */
  readonly clientsRepeat: boolean;
}

/** Odd is live; what is broken is odd's, or the link between the gateways. */
const faults: Readonly<Record<string, Fault>> = {
  'services killed (SIGKILL)': {
    begin: ({ world }) => world.stub('odd', '1').signal('SIGKILL'),
    end: ({ world }) => world.stub('odd', '1').start(),
    clientsRepeat: false,
  },
  'services frozen (SIGSTOP)': {
    begin: ({ world }) => world.stub('odd', '1').signal('SIGSTOP'),
    end: ({ world }) => world.stub('odd', '1').signal('SIGCONT'),
    clientsRepeat: false,
  },
  'gateway killed (SIGKILL)': {
    begin: ({ world }) => world.gateways.odd.workload.kill(),
    end: ({ world }) => world.gateways.odd.workload.heal(),
    clientsRepeat: true,
  },
  'gateway frozen (SIGSTOP)': {
    begin: ({ world }) => signalGateway(world, 'SIGSTOP'),
    end: ({ world }) => signalGateway(world, 'SIGCONT'),
    clientsRepeat: true,
  },
  'peer link cut': {
    begin: ({ link }) => link.cut(),
    end: ({ link }) => link.mend(),
    clientsRepeat: false,
  },
  'peer link frozen': {
    begin: ({ link }) => link.freeze(),
    end: ({ link }) => link.mend(),
    clientsRepeat: false,
  },
};

for (const entrance of ['front door', 'gateways'] as const) {
  describe(`under load through the ${entrance}`, { timeout: 180_000 }, () => {
    for (const [name, fault] of Object.entries(faults)) {
      it(`${name}: no keyed request fails`, async test => {
        const world = await openFaultWorld(test);
        const load = startOpenLoad({ perSecond, timeoutMs: 8_000, requests: world.requests(entrance) });
        await systemClock.delay(steadyMs);
        const brokenAt = epochMs();
        await fault.begin(world);
        await systemClock.delay(faultMs);
        await fault.end(world);
        const mendedAt = epochMs();
        await systemClock.delay(steadyMs);
        const samples = await load.stop();
        report(test, { samples, brokenAt, mendedAt });
        assertNothingFailed(samples, fault);
      });
    }
  });
}

function assertNothingFailed(samples: readonly LoadSample[], { clientsRepeat }: Fault): void {
  assert.ok(samples.length > 0, 'nothing was sent');
  const failed = samples.filter(({ status }) => status !== 200 && status !== 202);
  assert.deepEqual(failed.slice(0, 3), []);
  const repeatedSmall = samples.filter(({ tries, bytes }) => tries > 1 && bytes <= small.length);
  if (!clientsRepeat) assert.deepEqual(repeatedSmall.slice(0, 3), []);
}

interface FaultWorld {
  readonly world: GatewayWorld;
  /** From odd's gateway to even's. */
  readonly link: BreakableProxy;
  requests(entrance: 'front door' | 'gateways'): LoadRequest[];
}

/** Half of the users are on the candidate, which runs on even alone: their requests cross the link. */
async function openFaultWorld(test: TestContext): Promise<FaultWorld> {
  const links = new Map<Parity, BreakableProxy>();
  const linkTo = async (to: Parity, port: number) => {
    const proxy = await openBreakableProxy(`http://127.0.0.1:${port}`);
    test.after(() => proxy.close());
    links.set(to, proxy);
    return Number(new URL(proxy.url).port);
  };
  const world = await openGatewayWorld(test, { linkTo });
  const record = await world.route({ threshold: 500 });
  const door = await openFrontDoor({
    port: 0,
    gateways: { odd: portOf(world.urls.odd), even: portOf(world.urls.even) },
    weights: () => perParity(parity => (parity === record.live.parity ? 255 : 0)),
    mode: quick,
    relay: laptopRelay,
    clock: systemClock,
    draw: () => 0.5,
  });
  test.after(() => door.close());
  const users = await tokenUsers(world.signing, { count: 60 });
  const link = links.get('even') as BreakableProxy;
  const places = {
    'front door': [`http://127.0.0.1:${door.port}`],
    gateways: [world.urls.odd, world.urls.even],
  };
  return { world, link, requests: entrance => users.flatMap(user => requestsOf(user, places[entrance])) };
}

/** Of twenty requests of a user, one is large, six are small uploads, the others read. Odd is asked first. */
function requestsOf(
  { user, authorization }: TokenUser,
  [first = '', second]: readonly string[],
): LoadRequest[] {
  const at = { who: user, url: `${first}/v1/documents`, repeatAt: `${second ?? first}/v1/documents` };
  const body = (index: number) => (index === 0 ? large : index < 7 ? small : undefined);
  return Array.from({ length: 20 }, (_, index) => {
    const bytes = body(index);
    const headers = { authorization, 'content-type': 'application/pdf' };
    return bytes ? { ...at, method: 'POST', headers, body: bytes } : { ...at, method: 'GET', headers };
  });
}

function signalGateway({ gateways }: GatewayWorld, signal: 'SIGSTOP' | 'SIGCONT'): void {
  const pid = gateways.odd.workload.status().pid;
  if (pid !== undefined) process.kill(pid, signal);
}

interface Seen {
  readonly samples: readonly LoadSample[];
  readonly brokenAt: number;
  readonly mendedAt: number;
}

/** What a client would call slow, and what counts as not yet normal. */
const slowMs = 500;

function report(test: TestContext, { samples, brokenAt, mendedAt }: Seen): void {
  const smaller = samples.filter(({ bytes }) => bytes <= small.length);
  const repeated = (some: readonly LoadSample[]) => some.filter(({ tries }) => tries > 1).length;
  const odd = samples.filter(({ ms, tries, sentAt }) => sentAt < mendedAt && (ms > slowMs || tries > 1));
  const normalAfter = Math.max(0, ...odd.map(({ sentAt, ms }) => sentAt + ms - brokenAt));
  const failed = samples.filter(({ status }) => status !== 200 && status !== 202).length;
  const ms = (share: number) =>
    percentile(
      smaller.map(sample => sample.ms),
      share,
    ).toFixed(0);
  const kinds = Map.groupBy(
    samples.filter(({ tries, status }) => tries > 1 || status >= 400 || status === 0),
    ({ bytes, first, status }) => `${bytes <= small.length ? 'small' : 'large'}: ${first} then ${status}`,
  );
  test.diagnostic(machineLine());
  for (const [kind, some] of kinds) test.diagnostic(`  ${some.length} × ${kind}`);
  test.diagnostic(
    `${samples.length} requests, ${failed} failed; repeated by the client: ${repeated(smaller)} of ${smaller.length} ` +
      `up to 1 MiB, ${repeated(samples) - repeated(smaller)} of ${samples.length - smaller.length} larger; ` +
      `up to 1 MiB p50 ${ms(0.5)}, p99 ${ms(0.99)}, max ${ms(1)} ms; normal again ${normalAfter.toFixed(0)} ms after the fault`,
  );
}

function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
