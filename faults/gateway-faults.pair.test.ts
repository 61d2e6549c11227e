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
import { recoveryFrom, type FaultSpan } from './recovery.ts';
import { tokenUsers, type TokenUser } from './user-tokens.ts';

/** Little enough for two cores to serve all of it with one side gone: what is slow then is not the machine. */
const perSecond = 60;
const steadyMs = 3_000;
const faultMs = 5_000;

/** How long clients wait for an answer: longer than the front door needs to notice what is frozen, about 4 s. */
const patienceMs = 8_000;

/** Small enough for a gateway to repeat it elsewhere, and too large for that. */
const small = Buffer.alloc(10 * 1024, 's');
const large = Buffer.alloc(2 * 1024 * 1024, 'l');

interface Fault {
  readonly begin: (world: FaultWorld) => unknown;
  readonly end: (world: FaultWorld) => unknown;
  /** Who repeats what the fault met: a gateway does; of broken connections, or a frozen one, only the client can. */
  readonly repeats: 'gateway' | 'client';
  /** @default faultMs */
  readonly lastsMs?: number;
}

const promises = {
  gateway: 'no request fails, and clients repeat none up to 1 MiB',
  client: 'no request fails once its client has repeated it',
} as const;

/** Odd is live; what is broken is odd's, or the link between the gateways. */
const faults: Readonly<Record<string, Fault>> = {
  'services killed (SIGKILL)': {
    begin: ({ world }) => world.stub('odd', '1').signal('SIGKILL'),
    end: ({ world }) => world.stub('odd', '1').start(),
    repeats: 'gateway',
  },
  'services frozen (SIGSTOP)': {
    begin: ({ world }) => world.stub('odd', '1').signal('SIGSTOP'),
    end: ({ world }) => world.stub('odd', '1').signal('SIGCONT'),
    repeats: 'gateway',
  },
  'gateway killed (SIGKILL)': {
    begin: ({ world }) => world.gateways.odd.workload.kill(),
    end: ({ world }) => world.gateways.odd.workload.heal(),
    repeats: 'client',
  },
  'gateway frozen (SIGSTOP)': {
    begin: ({ world }) => signalGateway(world, 'SIGSTOP'),
    end: ({ world }) => signalGateway(world, 'SIGCONT'),
    repeats: 'client',
    // A shorter one ends before the client's patience does, which alone it would measure.
    lastsMs: patienceMs + 4_000,
  },
  'peer link cut': {
    begin: ({ link }) => link.cut(),
    end: ({ link }) => link.mend(),
    repeats: 'gateway',
  },
  'peer link frozen': {
    begin: ({ link }) => link.freeze(),
    end: ({ link }) => link.mend(),
    repeats: 'gateway',
  },
};

for (const entrance of ['front door', 'gateways'] as const) {
  describe(`under load through the ${entrance}`, { timeout: 180_000 }, () => {
    for (const [name, fault] of Object.entries(faults)) {
      it(`${name}: ${promises[fault.repeats]}`, async test => {
        const world = await openFaultWorld(test);
        const load = startOpenLoad({ perSecond, timeoutMs: patienceMs, requests: world.requests(entrance) });
        await systemClock.delay(steadyMs);
        const brokenAt = epochMs();
        await fault.begin(world);
        await systemClock.delay(fault.lastsMs ?? faultMs);
        await fault.end(world);
        const mendedAt = epochMs();
        await systemClock.delay(steadyMs);
        const samples = await load.stop();
        report(test, { brokenAt, mendedAt }, samples);
        assertNothingFailed(samples, fault);
      });
    }
  });
}

function assertNothingFailed(samples: readonly LoadSample[], { repeats }: Fault): void {
  assert.ok(samples.length > 0, 'nothing was sent');
  assert.deepEqual(samples.filter(hasFailed).slice(0, 3), []);
  const repeatedSmall = samples.filter(sample => isSmall(sample) && isRepeated(sample));
  if (repeats === 'gateway') assert.deepEqual(repeatedSmall.slice(0, 3), []);
  else assert.ok(repeatedSmall.length > 0, 'the fault met nobody');
}

function hasFailed({ status }: LoadSample): boolean {
  return status !== 200 && status !== 202;
}

function isSmall({ bytes }: LoadSample): boolean {
  return bytes <= small.length;
}

function isRepeated({ tries }: LoadSample): boolean {
  return tries > 1;
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

function report(test: TestContext, span: FaultSpan, samples: readonly LoadSample[]): void {
  const unusual = samples.filter(sample => isRepeated(sample) || hasFailed(sample));
  const kinds = Map.groupBy(
    unusual,
    sample => `${isSmall(sample) ? 'up to 1 MiB' : 'larger'}: ${sample.first} then ${sample.status}`,
  );
  const { afterBreakMs, afterMendMs } = recoveryFrom(span, samples);
  test.diagnostic(machineLine());
  for (const [kind, some] of kinds) test.diagnostic(`  ${some.length} × ${kind}`);
  for (const [size, isOfIt] of Object.entries(sizes)) {
    const some = samples.filter(isOfIt);
    const [once, again] = [some.filter(sample => !isRepeated(sample)), some.filter(isRepeated)];
    test.diagnostic(`${size}: ${times(once)} at the first try, ${times(again)} repeated by the client`);
  }
  test.diagnostic(
    `${samples.length} requests, ${samples.filter(hasFailed).length} failed; normal again ` +
      `${afterBreakMs.toFixed(0)} ms after the fault began, ${afterMendMs.toFixed(0)} ms after it ended`,
  );
}

const sizes = {
  'up to 1 MiB': isSmall,
  larger: (sample: LoadSample) => !isSmall(sample),
} as const;

/** How many, and how long their clients waited, repeats and all. */
function times(samples: readonly LoadSample[]): string {
  if (samples.length === 0) return '0';
  const waited = samples.map(({ ms }) => ms);
  const [p50, p99, max] = [0.5, 0.99, 1].map(share => percentile(waited, share).toFixed(0));
  return `${samples.length} (p50 ${p50}, p99 ${p99}, max ${max} ms)`;
}

function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
