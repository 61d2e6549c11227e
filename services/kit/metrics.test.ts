import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { manualClock } from './manual-clock.ts';
import { createMetrics, metricsProbe } from './metrics.ts';

const reasons = { reason: ['spool', 'broker'] } as const;

function metricsOf() {
  const clock = manualClock();
  const metrics = createMetrics({ cluster: 'odd', release: parseRelease('1'), clock });
  const lines = async (name: string) =>
    (await metrics.render()).text.split('\n').filter(line => line.startsWith(name));
  return { clock, metrics, lines };
}

describe('createMetrics', () => {
  it('shows every series of a counter from the start, with cluster and release', async () => {
    const { metrics, lines } = metricsOf();
    const count = metrics.counter({ name: 'parity_refused_total', help: 'h', labels: reasons });
    count({ reason: 'broker' });
    count({ reason: 'broker' }, 2);
    assert.deepEqual(await lines('parity_refused_total'), [
      'parity_refused_total{reason="spool",cluster="odd",release="1"} 0',
      'parity_refused_total{reason="broker",cluster="odd",release="1"} 3',
    ]);
  });

  it('sets a gauge', async () => {
    const { metrics, lines } = metricsOf();
    metrics.gauge({ name: 'parity_parked', help: 'h', labels: {} })({}, 4);
    assert.deepEqual(await lines('parity_parked'), ['parity_parked{cluster="odd",release="1"} 4']);
  });

  it('takes a gauge’s series away while its value is unknown', async () => {
    const { clock, metrics, lines } = metricsOf();
    const set = metrics.gauge({ name: 'parity_waiting', help: 'h', labels: reasons });
    set({ reason: 'spool' }, 4);
    set({ reason: 'broker' }, 5);
    set({ reason: 'spool' }, undefined);
    assert.deepEqual(await lines('parity_waiting'), [
      'parity_waiting{reason="broker",cluster="odd",release="1"} 5',
    ]);
    clock.advance(250);
    set({ reason: 'spool' }, 6);
    assert.equal((await lines('parity_waiting')).length, 2);
  });

  it('counts observations into buckets', async () => {
    const { metrics, lines } = metricsOf();
    const observe = metrics.histogram({ name: 'parity_seconds', help: 'h', labels: {}, buckets: [1, 2] });
    observe({}, 1.5);
    assert.deepEqual(await lines('parity_seconds_bucket'), [
      'parity_seconds_bucket{le="1",cluster="odd",release="1"} 0',
      'parity_seconds_bucket{le="2",cluster="odd",release="1"} 1',
      'parity_seconds_bucket{le="+Inf",cluster="odd",release="1"} 1',
    ]);
  });

  it('shows what Node says of itself', async () => {
    assert.equal((await metricsOf().lines('nodejs_eventloop_lag_p99_seconds')).length, 1);
  });

  it('refuses labels that make too many series', () => {
    const ids = Array.from({ length: 501 }, (_, id) => String(id));
    assert.throws(
      () => metricsOf().metrics.counter({ name: 'parity_x_total', help: 'h', labels: { id: ids } }),
      { name: 'TypeError', message: 'parity_x_total would have 501 series, more than 500.' },
    );
  });

  it('renders at most four times a second', async () => {
    const { clock, metrics, lines } = metricsOf();
    const count = metrics.counter({ name: 'parity_a_total', help: 'h', labels: {} });
    assert.match((await lines('parity_a_total')).join(), / 0$/);
    count({});
    assert.match((await lines('parity_a_total')).join(), / 0$/);
    clock.advance(250);
    assert.match((await lines('parity_a_total')).join(), / 1$/);
  });
});

describe('metricsProbe', () => {
  it('answers in the format of Prometheus', async () => {
    const answer = await metricsProbe(metricsOf().metrics)(new URLSearchParams());
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers?.['content-type']), /^text\/plain; version=0\.0\.4/);
  });
});
