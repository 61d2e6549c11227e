import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseRelease } from '../../domain/release.ts';
import { foldRequests, type LoggedRequest } from './fold-requests.ts';

const [r41, r42] = [parseRelease('41'), parseRelease('42')];

function aRequest(changes: Partial<LoggedRequest> = {}): LoggedRequest {
  return { user: 'anna', release: r42, routeClass: 'upload', failed: false, tookMs: 100, ...changes };
}

function folded(...requests: LoggedRequest[]) {
  const fold = foldRequests({ upload: 250 });
  requests.forEach(request => fold.add(request));
  return fold;
}

describe('foldRequests', () => {
  it('lets each user weigh the same, however busy', () => {
    const busy = Array.from({ length: 99 }, () => aRequest({ failed: true }));
    const fold = folded(...busy, aRequest({ user: 'otto' }));
    assert.deepEqual(fold.sample({ measure: 'errors', release: r42 }), { users: 2, sum: 1, sumOfSquares: 1 });
  });

  it('keeps releases and route classes apart', () => {
    const fold = folded(
      aRequest({ failed: true }),
      aRequest({ routeClass: 'read' }),
      aRequest({ release: r41 }),
    );
    assert.equal(fold.sample({ measure: 'errors', release: r41 }).sum, 0);
    assert.equal(fold.sample({ measure: 'errors', release: r42, routeClass: 'read' }).sum, 0);
    assert.equal(fold.sample({ measure: 'errors', release: r42, routeClass: 'upload' }).sum, 1);
    assert.equal(fold.sample({ measure: 'errors', release: r42 }).sum, 0.5);
    assert.equal(fold.sample({ measure: 'errors', release: r42, routeClass: 'admin' }).users, 0);
  });

  it('calls slow what is over the objective of its class', () => {
    const slow = { tookMs: 251 };
    const fold = folded(
      aRequest(slow),
      aRequest({ tookMs: 250 }),
      aRequest({ ...slow, routeClass: 'admin' }),
    );
    assert.equal(fold.sample({ measure: 'slow', release: r42, routeClass: 'upload' }).sum, 0.5);
    assert.equal(fold.sample({ measure: 'slow', release: r42, routeClass: 'admin' }).sum, 0);
  });

  it('gives shares between 0 and 1, whatever was logged', () => {
    const request = fc.record({
      user: fc.constantFrom('anna', 'otto', 'emma'),
      release: fc.constant(r42),
      routeClass: fc.constantFrom('upload', 'read'),
      failed: fc.boolean(),
      tookMs: fc.nat(1_000),
    });
    fc.assert(
      fc.property(fc.array(request), requests => {
        const { users, sum, sumOfSquares } = folded(...requests).sample({ measure: 'errors', release: r42 });
        assert.equal(users, new Set(requests.map(({ user }) => user)).size);
        assert.ok(sum <= users && sumOfSquares <= sum + 1e-9);
      }),
    );
  });
});
