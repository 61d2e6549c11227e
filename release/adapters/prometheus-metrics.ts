import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { parities, type Parity } from '../../domain/parity.ts';
import { noSample, type Sample } from '../gates/sample.ts';
import {
  figureNames,
  restartsName,
  seesPeerName,
  sourceOf,
  type FigureSource,
} from '../keeper/figure-names.ts';
import type { Clock, MetricsPort, SampleQuery } from '../ports.ts';

/** What a Prometheus is asked with. */
export interface PrometheusOptions {
  readonly url: string;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Figures that are older prove nothing. It is some scrapes, for one may fail on a busy machine. */
const freshForS = 5;

/** All gates of one look are answered from one look at Prometheus. */
const sameLookMs = 100;

const answerWithinMs = 2_000;

/**
 * The figures of both keepers, from the Prometheus that scrapes them. A user who entered by both gateways counts at both
 * (docs/decisions/0046). What is older than some seconds, or known of one cluster alone, is `unreachable`: a release
 * must not pass because somebody did not look.
 */
export function prometheusMetrics(options: PrometheusOptions): MetricsPort {
  const look = sharedFor(sameLookMs, options.clock, () => lookAtFigures(options));
  return {
    sample: async query => {
      const figures = await look();
      demandFresh(query, figures.untils);
      return figures.samples.get(keyOf(query)) ?? noSample;
    },
    restarts: async ({ release, fromMs, toMs }) => {
      const [counted] = await ask(options, restartsQuery({ release, forS: (toMs - fromMs) / 1000 }));
      if (counted !== undefined) return counted.value;
      throw unreachable(`Nobody counts how often processes of release ${release} end.`);
    },
    apart: async () => {
      const unseen = await ask(options, `${recent(seesPeerName)} == 0`);
      return parities.filter(parity => unseen.some(({ labels }) => labels['cluster'] === parity));
    },
  };
}

interface Until {
  readonly cluster: string;
  readonly fromMs: number;
  readonly source: FigureSource;
  readonly ageS: number;
}

interface Figures {
  readonly samples: ReadonlyMap<string, Sample>;
  readonly untils: readonly Until[];
}

type Named = Pick<SampleQuery, 'measure' | 'release' | 'routeClass' | 'fromMs'>;

function keyOf({ measure, release, routeClass, fromMs }: Named): string {
  return [fromMs, measure, release, routeClass ?? ''].join(' ');
}

/** A scrape that failed hides what was scraped before it; the last one within the time still counts. */
function recent(selector: string): string {
  return `last_over_time(${selector}[${freshForS}s])`;
}

async function lookAtFigures(options: PrometheusOptions): Promise<Figures> {
  const { users, sum, sumOfSquares, until } = figureNames;
  const any = `{__name__=~"${[users, sum, sumOfSquares].join('|')}"}`;
  const [figures, ages] = await Promise.all([
    ask(options, `sum by (__name__, from, measure, release, route_class) (${recent(any)})`),
    ask(options, `time() - max by (cluster, from, source) (${recent(until)})`),
  ]);
  const samples = new Map<string, Sample>();
  const stats: Readonly<Record<string, keyof Sample>> = {
    [users]: 'users',
    [sum]: 'sum',
    [sumOfSquares]: 'sumOfSquares',
  };
  for (const { labels, value } of figures) {
    const stat = stats[labels['__name__'] ?? ''];
    if (stat === undefined) continue;
    const key = [labels['from'], labels['measure'], labels['release'], labels['route_class'] ?? ''].join(' ');
    samples.set(key, { ...(samples.get(key) ?? noSample), [stat]: value });
  }
  const untils = ages.map(({ labels, value }) => ({
    cluster: labels['cluster'] ?? '',
    fromMs: Number(labels['from']),
    source: labels['source'] as FigureSource,
    ageS: value,
  }));
  return { samples, untils };
}

function demandFresh({ measure, fromMs, toMs }: SampleQuery, untils: readonly Until[]): void {
  const source = sourceOf[measure];
  const missing = parities.flatMap(parity => whyUnseen(parity, { fromMs, source }, untils));
  if (missing.length === 0) return;
  // Every window is like that until it has been scraped: who is missing is not worth saying yet.
  const isNew = toMs - fromMs < freshForS * 1000;
  throw unreachable(isNew ? 'Counting has just begun.' : missing.join(' '));
}

const whatOf: Readonly<Record<FigureSource, string>> = {
  requests: 'Requests',
  outcomes: 'Documents',
};

function whyUnseen(
  parity: Parity,
  { fromMs, source }: Pick<Until, 'fromMs' | 'source'>,
  untils: readonly Until[],
): string[] {
  const found = untils.find(
    until => until.cluster === parity && until.fromMs === fromMs && until.source === source,
  );
  if (found !== undefined && found.ageS <= freshForS) return [];
  const which = `${whatOf[source]} by ${parity} since ${new Date(fromMs).toISOString().slice(11, 19)}`;
  if (found === undefined) return [`${which} are not counted yet.`];
  return [`${which} are known until ${Math.round(found.ageS)} s ago only.`];
}

/**
 * Ends since the window began, exactly: `increase` would extrapolate. What was counted before is taken off each series;
 * where Prometheus was not there yet, the least that it has seen since. After a reset all that is left counts.
 */
function restartsQuery({ release, forS }: { release: string; forS: number }): string {
  const series = `${restartsName}{release="${release}"}`;
  const seconds = Math.max(1, Math.ceil(forS));
  const before = `(${series} offset ${seconds}s or min_over_time(${series}[${seconds}s]))`;
  return `sum(clamp_min(${recent(series)} - ${before}, 0))`;
}

interface Value {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const answerShape = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.coerce.number()]) }),
    ),
  }),
});

async function ask({ url }: PrometheusOptions, query: string): Promise<Value[]> {
  try {
    const body = new URLSearchParams({ query });
    const signal = AbortSignal.timeout(answerWithinMs);
    const answer = await fetch(new URL('api/v1/query', withSlash(url)), { method: 'POST', body, signal });
    const { data } = answerShape.parse(await answer.json());
    return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value }));
  } catch (cause) {
    throw unreachable('Prometheus does not answer.', cause);
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

function unreachable(message: string, cause?: unknown): ParityError {
  return new ParityError('unreachable', message, { cause });
}

/** Whoever asks again within the time shares the answer, also a bad one. */
function sharedFor<T>(ms: number, clock: Pick<Clock, 'monotonic'>, work: () => Promise<T>): () => Promise<T> {
  let askedAtMs = -Infinity;
  let answer: Promise<T> | undefined;
  return () => {
    if (answer === undefined || clock.monotonic() - askedAtMs > ms) {
      askedAtMs = clock.monotonic();
      answer = work();
    }
    return answer;
  };
}
