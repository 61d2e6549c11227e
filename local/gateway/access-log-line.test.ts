import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { enteredRequest } from './access-log-line.ts';

const id = '019a6f3e-5a00-7000-8000-000000000000';

/** A line as Envoy writes it of an upload. */
function aLine(changes: Record<string, unknown> = {}): string {
  const line = {
    ...{ time: '2026-11-27T02:09:44.394Z', cluster: 'odd', route: '2 processor.accept', method: 'POST' },
    ...{ status: 202, why: 'via_upstream', ms: 900, answerMs: 8, requestBytes: 10, responseBytes: 10 },
    ...{
      attempts: 1,
      user: 'driver-1',
      servedBy: 'even/2',
      correlationId: 'c',
      document: `/v1/documents/${id}`,
    },
  };
  return JSON.stringify({ ...line, ...changes });
}

describe('enteredRequest', () => {
  it('reads what a keeper counts', () => {
    assert.deepEqual(enteredRequest(aLine()), {
      atMs: Date.UTC(2026, 10, 27, 2, 9, 44, 394),
      user: 'driver-1',
      decided: '2',
      answeredBy: '2',
      routeClass: 'upload',
      status: 202,
      abandoned: false,
      tookMs: 8,
      document: id,
    });
  });

  it('takes how long it lasted where there was no answer', () => {
    const line = aLine({
      status: 0,
      answerMs: null,
      servedBy: null,
      document: null,
      why: 'downstream_remote_disconnect',
    });
    const { tookMs, abandoned, answeredBy } = enteredRequest(line) ?? {};
    assert.deepEqual([tookMs, abandoned, answeredBy], [900, true, undefined]);
  });

  it('knows no class of a route that only a newer release has, and no document that is none', () => {
    const { routeClass, decided } = enteredRequest(aLine({ route: '2 storage.brand-new' })) ?? {};
    assert.deepEqual([routeClass, decided], [undefined, '2']);
    assert.equal(enteredRequest(aLine({ document: '/v1/documents/../etc' }))?.document, undefined);
    assert.equal(enteredRequest(aLine({ status: 200 }))?.document, undefined);
  });

  it('counts nobody’s request, no route’s, and nothing that is no line', () => {
    const lines = [
      aLine({ user: null }),
      aLine({ user: '-' }),
      aLine({ route: 'gateway.unmatched' }),
      aLine({ route: null }),
      '{"time":',
      '{}',
    ];
    assert.deepEqual(
      lines.map(enteredRequest),
      lines.map(() => undefined),
    );
  });
});
