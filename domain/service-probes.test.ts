import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serviceNames } from './catalogue.ts';
import { probesOf, readinessPath } from './service-probes.ts';

describe('probesOf', () => {
  it('asks each service for itself whether it can work, and all alike whether they live', () => {
    assert.equal(readinessPath('storage'), '/readyz?service=storage');
    for (const name of serviceNames) {
      const { startup, liveness, readiness } = probesOf(name);
      assert.deepEqual(
        [startup.path, liveness.path, readiness.path],
        ['/healthz', '/healthz', readinessPath(name)],
      );
    }
  });

  it('takes requests away long before it kills', () => {
    const { liveness, readiness } = probesOf('processor');
    assert.ok(readiness.periodMs * readiness.failures * 10 <= liveness.periodMs * liveness.failures);
  });
});
