import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../../domain/release.ts';
import { manualClock } from '../manual-clock.ts';
import { createMetrics } from '../metrics.ts';
import { requestMetrics } from './request-metrics.ts';

describe('requestMetrics', () => {
  it('counts requests by route and status class, for the routes that are here', async () => {
    const metrics = createMetrics({ cluster: 'odd', release: parseRelease('1'), clock: manualClock() });
    const observe = requestMetrics(metrics, ['processor']);
    observe({ route: 'processor.accept', status: 202, seconds: 0.004 });
    observe({ route: 'processor.accept', status: 499, seconds: 2 });
    observe({ route: 'unmatched', status: 404, seconds: 0.001 });
    const counts = (await metrics.render()).text
      .split('\n')
      .filter(line => line.startsWith('parity_http_request_duration_seconds_count'))
      .map(line => /route="([^"]+)",status="(\dxx)".* (\d+)$/.exec(line)?.slice(1).join(' '));
    const routes = ['processor.accept', 'probe.liveness', 'probe.readiness', 'probe.metrics', 'unmatched'];
    assert.equal(counts.length, routes.length * 5);
    assert.deepEqual(
      counts.filter(count => !count?.endsWith(' 0')),
      ['processor.accept 2xx 1', 'processor.accept 4xx 1', 'unmatched 4xx 1'],
    );
  });
});
