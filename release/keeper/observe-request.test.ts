import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { routeClasses } from '../../domain/route-classes.ts';
import { observeRequest, type EnteredRequest } from './observe-request.ts';

const [r41, r42] = [parseRelease('41'), parseRelease('42')];
const objective = routeClasses.upload.slowOverMs;

/** Whether a request that differs so from a good one counts as failed and as slow. */
function badness(changes: Partial<EnteredRequest>) {
  const good: EnteredRequest = {
    ...{ atMs: 1, user: 'anna', decided: r42, answeredBy: r42, routeClass: 'upload' },
    ...{ status: 202, abandoned: false, tookMs: 10, document: undefined },
  };
  const seen = observeRequest({ ...good, ...changes });
  assert.ok(seen.every(({ release, user }) => release === r42 && user === 'anna'));
  return Object.fromEntries(seen.map(({ measure, bad }) => [measure, bad]));
}

describe('observeRequest', () => {
  const cases: readonly [says: string, changes: Partial<EnteredRequest>, failed: boolean][] = [
    ['a good answer', {}, false],
    ['a refusal', { status: 422 }, false],
    ['a refusal by the gateway', { status: 429, answeredBy: undefined }, false],
    ['a 5xx', { status: 503 }, true],
    ['a 5xx of the gateway', { status: 503, answeredBy: undefined }, true],
    ['no answer', { status: 0, answeredBy: undefined }, true],
    ['a client that went away', { status: 0, answeredBy: undefined, abandoned: true }, false],
    ['a good answer that the live release gave instead', { answeredBy: r41 }, true],
  ];
  for (const [says, changes, failed] of cases) {
    it(`${failed ? 'counts' : 'does not count'} ${says} against the release that was decided`, () => {
      assert.equal(badness(changes)['errors'], failed);
    });
  }

  it('calls slow what is over the objective of its class, also when nobody waited for it', () => {
    assert.equal(badness({ tookMs: objective })['slow'], false);
    assert.equal(badness({ tookMs: objective + 1 })['slow'], true);
    assert.equal(badness({ tookMs: objective + 1, status: 0, abandoned: true })['slow'], true);
    assert.equal(badness({ tookMs: objective + 1, routeClass: 'admin' })['slow'], false);
    assert.equal(badness({ tookMs: 60_000, routeClass: undefined })['slow'], false);
  });
});
