import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { perParity, type Parity } from '../../domain/parity.ts';
import { recordIn, recordTime } from '../../domain/record-in.ts';
import { parseRelease, type Release } from '../../domain/release.ts';
import { startPrometheus } from '../../local/engines/prometheus.ts';
import { systemClock } from '../../services/kit/ports.ts';
import type { MetricsPort } from '../ports.ts';
import { ParityError } from '../../domain/errors.ts';
import { figuresOf, metricsContract, type MetricsUnderTest } from '../gates/metrics.contract.ts';
import { noSample } from '../gates/sample.ts';
import { restartsName } from '../keeper/figure-names.ts';
import { keeperFigures, type KeeperFigures } from '../keeper/keeper-figures.ts';
import { laptopPolicy } from '../policies.ts';
import { prometheusMetrics } from './prometheus-metrics.ts';

const [r41, r42] = [parseRelease('41'), parseRelease('42')];
const usersEach = 8;

interface Owner {
  after(end: () => unknown): void;
}

/** A real Prometheus that scrapes the figures of two keepers, which stand still unless a test moves them. */
interface Scraped extends MetricsUnderTest {
  readonly figures: Readonly<Record<Parity, KeeperFigures>>;
  readonly prometheus: { readonly pid: number; readonly url: string };
  /** From now on this one answers nobody. */
  silence(parity: Parity): Promise<void>;
  /** Forgets how often processes ended, as a supervisor that was started again. */
  forgetEnds(): Promise<void>;
}

async function scraped(context: Owner): Promise<Scraped> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-test-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const outcomes = { documents: async () => ({}), pushes: async () => ({}) };
  const figures = perParity(cluster => keeperFigures({ cluster, policy: laptopPolicy, outcomes }));
  const silent = new Set<Parity>();
  const ends = new Map<Release, number>([[r42, 3]]);
  let moment = 0;
  const say = (text: () => string | undefined) => serve(context, text);
  const marked = (who: string, text: string) => `${text}parity_moment{who="${who}"} ${moment}\n`;
  const keepers = perParity(
    async parity =>
      await say(() => (silent.has(parity) ? undefined : marked(parity, figures[parity].text()))),
  );
  const counted = () => {
    const lines = [...ends].map(
      ([release, times]) => `${restartsName}{cluster="odd",release="${release}"} ${times}`,
    );
    return marked('pair', `# TYPE ${restartsName} counter\n${lines.join('\n')}\n`);
  };
  const ports = [await keepers.odd, await keepers.even, await say(counted)];
  const targetsFile = join(folder, 'targets.json');
  await writeFile(targetsFile, JSON.stringify([{ targets: ports.map(port => `127.0.0.1:${port}`) }]));
  const machine = { env: process.env, progress: () => {} };
  const prometheus = await startPrometheus({ machine, folder: join(folder, 'data'), targetsFile });
  context.after(() => prometheus.kill());
  const untilScraped = async () => {
    moment += 1;
    const query = `count(parity_moment == ${moment})`;
    const all = 3 - silent.size;
    while ((await valueOf(prometheus.url, query)) !== all) await pause(50);
  };
  for (const parity of ['odd', 'even'] as const) {
    figures[parity].judge(recordIn('shifted', 500));
    figures[parity].enteredUntil(Date.now());
  }
  await untilScraped();
  return {
    figures,
    prometheus: { pid: prometheus.pid ?? 0, url: prometheus.url },
    metrics: prometheusMetrics({ url: prometheus.url, clock: systemClock }),
    meet: async (release, failing) => {
      for (const parity of ['odd', 'even'] as const) meet(figures[parity], { parity, release, failing });
      await untilScraped();
    },
    end: async (release, times) => {
      ends.set(release, (ends.get(release) ?? 0) + times);
      await untilScraped();
    },
    separate: async parity => {
      for (const each of ['odd', 'even'] as const) figures[each].seesPeer(each !== parity, Date.now());
      await untilScraped();
    },
    goAway: () => prometheus.kill(),
    silence: async parity => {
      silent.add(parity);
      await untilScraped();
    },
    forgetEnds: async () => {
      for (const release of ends.keys()) ends.set(release, 0);
      await untilScraped();
    },
  };
}

function meet(
  figures: KeeperFigures,
  { parity, release, failing }: { parity: Parity; release: Release; failing: number },
): void {
  const atMs = recordTime.nowMs + 1;
  const of = { atMs, decided: release, answeredBy: release, routeClass: 'upload' } as const;
  for (let user = 0; user < usersEach; user += 1) {
    const status = user < usersEach * failing ? 500 : 202;
    const who = { user: `${parity} ${user}`, status, abandoned: false, tookMs: 1, document: undefined };
    figures.enter({ ...of, ...who }, atMs);
  }
  figures.enteredUntil(Date.now());
}

async function serve(context: Owner, text: () => string | undefined): Promise<number> {
  const server = createServer((_, response) => {
    const body = text();
    if (body === undefined) response.destroy();
    else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function valueOf(url: string, query: string): Promise<number | undefined> {
  const answer = await fetch(`${url}api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result[0] && Number(data.result[0].value[1]);
}

/** One world for a whole suite, since Prometheus takes some seconds to find whom to scrape. */
function shared(): () => Promise<Scraped> {
  const endings: (() => unknown)[] = [];
  let world: Promise<Scraped> | undefined;
  after(async () => {
    for (const end of endings.reverse()) await end();
  });
  const owner = { after: (end: () => unknown) => void endings.push(end) };
  return () => (world ??= scraped(owner));
}

metricsContract('Prometheus', shared());

describe('prometheusMetrics', { timeout: 60_000 }, () => {
  const world = shared();

  it('adds up the users of both gateways, and knows nobody where nobody was', async () => {
    const { metrics, meet: meeting } = await world();
    await meeting(r42, 0.5);
    const sample = await metrics.sample(figuresOf(r42, { routeClass: 'upload' }));
    assert.deepEqual(sample, { users: 2 * usersEach, sum: usersEach, sumOfSquares: usersEach });
    assert.deepEqual(await metrics.sample(figuresOf(r42, { routeClass: 'read' })), noSample);
    assert.deepEqual(await metrics.sample(figuresOf(r41)), noSample);
  });

  it('sees requests where nobody tells what became of documents', async () => {
    const { metrics, figures, meet: meeting } = await world();
    await figures.odd.judgeDocuments(Date.now());
    await meeting(r42, 0);
    assert.equal((await metrics.sample(figuresOf(r42))).users, 2 * usersEach);
    await assert.rejects(metrics.sample(figuresOf(r42, { measure: 'stuck' })), {
      code: 'unreachable',
      message: /^Documents by even since \d\d:\d\d:\d\d are not counted yet\.$/,
    });
  });

  it('does not name whoever has not counted yet in a window that has just begun', async () => {
    const { metrics } = await world();
    const fromMs = recordTime.nowMs + 1;
    await assert.rejects(metrics.sample(figuresOf(r42, { fromMs, toMs: fromMs + 1_000 })), {
      code: 'unreachable',
      message: 'Counting has just begun.',
    });
  });

  it('counts what ended since the window began, also when the count has begun anew', async () => {
    const { metrics, end, forgetEnds } = await world();
    const since = figuresOf(r42, { toMs: recordTime.nowMs + 60_000 });
    assert.equal(await metrics.restarts(since), 0);
    await end(r42, 2);
    assert.equal(await metrics.restarts(since), 2);
    await forgetEnds();
    await end(r42, 1);
    assert.equal(await metrics.restarts(since), 1);
    await assert.rejects(metrics.restarts(figuresOf(parseRelease('43'))), {
      code: 'unreachable',
      message: 'Nobody counts how often processes of release 43 end.',
    });
  });

  it('takes old figures for what they are worth while a scrape fails, not for long, and says what is missing', async () => {
    const { metrics, meet: meeting, silence } = await world();
    await meeting(r42, 0);
    await silence('even');
    assert.equal((await metrics.sample(figuresOf(r42))).users, 2 * usersEach);
    await untilBlind(metrics, {
      code: 'unreachable',
      message:
        /^Requests by odd since .* are known until \d+ s ago only\. Requests by even since 05:00:00 are not counted yet\.$/,
    });
  });

  it('does not wait for a frozen Prometheus', async () => {
    const { pid, url } = (await world()).prometheus;
    // Another one, which shares no answer with the look before.
    const metrics = prometheusMetrics({ url, clock: systemClock });
    process.kill(pid, 'SIGSTOP');
    const began = performance.now();
    try {
      const message = 'Prometheus does not answer.';
      await assert.rejects(metrics.sample(figuresOf(r42)), { code: 'unreachable', message });
      assert.ok(performance.now() - began < 4_000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});

/** Resolves when figures that nobody renews are old. @throws AssertionError when it says something else of them */
async function untilBlind(metrics: MetricsPort, says: { code: string; message: RegExp }): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const said = await metrics.sample(figuresOf(r42)).catch((error: unknown) => error as ParityError);
    if (said instanceof ParityError && says.message.test(said.message)) return;
    assert.ok(performance.now() < deadline, `what it says: ${JSON.stringify(said)}`);
    await pause(100);
  }
}
