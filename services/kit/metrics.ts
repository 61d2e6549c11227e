import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ProbeHandlers } from './http/exchange.ts';
import type { Identity } from './identity.ts';
import type { Clock } from './ports.ts';

/**
 * Each label with all the values it can have: closed lists, so that no id can ever become a label (failures.md 58).
 */
export type Labels = Readonly<Record<string, readonly string[]>>;

/** One value for each label. */
export type LabelValues<L extends Labels> = { readonly [Name in keyof L]: L[Name][number] };

/** What a metric is called and may be split by. */
export interface MetricSpec<L extends Labels> {
  /** With its unit at the end, as Prometheus wants it: `parity_documents_parked_total`, `…_seconds`, `…_bytes`. */
  readonly name: string;
  readonly help: string;
  readonly labels: L;
}

/** The metrics of a process. Every series that counts exists from the start, so that a first failure is a rate. */
export interface Metrics {
  /** Returns what adds `by` (default 1). */
  counter<const L extends Labels>(spec: MetricSpec<L>): (labels: LabelValues<L>, by?: number) => void;
  /** Returns what sets the value; undefined takes the series away, for what nobody knows is not 0. */
  gauge<const L extends Labels>(
    spec: MetricSpec<L>,
  ): (labels: LabelValues<L>, value: number | undefined) => void;
  /** Returns what adds an observation, in the unit of its name. */
  histogram<const L extends Labels>(
    spec: MetricSpec<L> & { readonly buckets: readonly number[] },
  ): (labels: LabelValues<L>, value: number) => void;
  /** Everything in Prometheus' text format; rendered at most four times a second however often it is asked for. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Series that one metric may have: beyond it a label is not a closed list. */
const maxSeries = 500;

const renderEveryMs = 250;

/** The registry of this process, with Node's own metrics and `cluster` and `release` on every series. */
export function createMetrics({ cluster, release, clock }: Identity & { readonly clock: Clock }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ cluster, release });
  collectDefaultMetrics({ register: registry });
  const of = <L extends Labels>({ name, help, labels }: MetricSpec<L>) => ({
    name,
    help,
    labelNames: Object.keys(labels),
    registers: [registry],
  });

  return {
    counter: spec => {
      const counter = new Counter(of(spec));
      for (const labels of everySeries(spec)) counter.inc(labels, 0);
      return (labels, by = 1) => counter.inc(labels, by);
    },
    gauge: spec => {
      everySeries(spec);
      const gauge = new Gauge(of(spec));
      return (labels, value) => (value === undefined ? gauge.remove(labels) : gauge.set(labels, value));
    },
    histogram: spec => {
      const histogram = new Histogram({ ...of(spec), buckets: [...spec.buckets] });
      for (const labels of everySeries(spec)) histogram.zero(labels);
      return (labels, value) => histogram.observe(labels, value);
    },
    render: renderSeldom(registry, clock),
  };
}

function everySeries({ name, labels }: MetricSpec<Labels>): Record<string, string>[] {
  const series = Object.entries(labels).reduce<Record<string, string>[]>(
    (made, [label, values]) => made.flatMap(one => values.map(value => ({ ...one, [label]: value }))),
    [{}],
  );
  if (series.length > maxSeries) {
    throw new TypeError(`${name} would have ${series.length} series, more than ${maxSeries}.`);
  }
  return series;
}

function renderSeldom(registry: Registry, clock: Clock): Metrics['render'] {
  let renderedAt = Number.NEGATIVE_INFINITY;
  let rendered: Promise<string> = Promise.resolve('');
  return async () => {
    if (clock.monotonic() - renderedAt >= renderEveryMs) {
      renderedAt = clock.monotonic();
      rendered = registry.metrics();
    }
    return { contentType: registry.contentType, text: await rendered };
  };
}

/** The catalogue's metrics probe. */
export function metricsProbe(metrics: Metrics): ProbeHandlers['metrics'] {
  return async () => {
    const { contentType, text } = await metrics.render();
    return { status: 200, text, headers: { 'content-type': contentType } };
  };
}
