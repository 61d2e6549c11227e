import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bucketOf, cohortsClaim, type Bucket, type Claims } from './claims.ts';
import { parseRelease } from './release.ts';
import {
  bucketExpression,
  bucketsBelow,
  cohortExpression,
  decide,
  place,
  placesInOrder,
  routingTable,
  type Routing,
} from './routing.ts';

const live = parseRelease('41');
const sprints = fc.integer({ min: 1, max: 9_999 }).map(sprint => parseRelease(String(sprint)));
const thresholds = fc.integer({ min: 0, max: 1000 });
const allBuckets = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0') as Bucket);
const aBucket = fc.constantFrom(...allBuckets);
const cohortNames = fc.uniqueArray(fc.constantFrom('beta', 'pilot', 'smoke', 'betamax'), { maxLength: 3 });

function aRouting(changes: Partial<Routing> = {}): Routing {
  return {
    live: { parity: 'odd', release: live },
    candidate: parseRelease('42'),
    threshold: 0,
    cohorts: [],
    ...changes,
  };
}

const routings = fc
  .record({ candidate: fc.option(sprints, { nil: undefined }), threshold: thresholds, cohorts: cohortNames })
  .map(aRouting);
const someClaims = fc.record({ bucket: aBucket, cohorts: cohortNames.map(cohortsClaim) });

/** What a gateway makes of the table: expressions over claims, the first match wins. */
function byTable(routing: Routing, claims: Pick<Claims, 'bucket' | 'cohorts'> | undefined) {
  const whole = (expression: string, text: string) => new RegExp(`^(?:${expression})$`).test(text);
  const rule = routingTable(routing).find(({ match }) => {
    if (match.kind === 'everyone') return true;
    if (claims === undefined) return false;
    if (match.kind === 'cohort') return whole(cohortExpression(match.cohort), claims.cohorts);
    return whole(bucketExpression(match.ranges), claims.bucket);
  });
  return rule?.release;
}

describe('decide', () => {
  it('sends whoever has no token to the live release', () => {
    assert.equal(decide(aRouting({ threshold: 1000, cohorts: ['beta'] }), undefined), live);
  });

  it('sends a routed cohort to the candidate, and nobody whose cohort is merely named alike', () => {
    const routing = aRouting({ cohorts: ['beta'] });
    assert.equal(decide(routing, { bucket: bucketOf('anna'), cohorts: cohortsClaim(['beta']) }), '42');
    assert.equal(decide(routing, { bucket: bucketOf('anna'), cohorts: cohortsClaim(['betamax']) }), live);
  });

  it('puts exactly as many buckets on the candidate as the threshold says, whatever the sprint', () => {
    fc.assert(
      fc.property(sprints, thresholds, (candidate, threshold) => {
        const routing = aRouting({
          candidate,
          threshold,
          live: { parity: 'odd', release: parseRelease('10000') },
        });
        const moved = allBuckets.filter(bucket => decide(routing, { bucket, cohorts: ' ' }) === candidate);
        assert.equal(moved.length, threshold);
      }),
      { numRuns: 50 },
    );
  });

  it('never moves a user back when the threshold rises', () => {
    fc.assert(
      fc.property(routings, someClaims, thresholds, (routing, claims, higher) => {
        if (higher < routing.threshold || decide(routing, claims) !== routing.candidate) return;
        assert.equal(decide({ ...routing, threshold: higher }, claims), routing.candidate);
      }),
    );
  });

  it('does not let the same users go first in the next sprint', () => {
    const first = (sprint: string) => bucketsBelow(50, parseRelease(sprint))[0]?.from;
    assert.notEqual(first('42'), first('43'));
  });
});

describe('routingTable', () => {
  it('is decide, rule by rule', () => {
    fc.assert(
      fc.property(routings, fc.option(someClaims, { nil: undefined }), (routing, claims) => {
        assert.equal(byTable(routing, claims), decide(routing, claims));
      }),
      { numRuns: 1_000 },
    );
  });

  it('ends with a rule for everyone', () => {
    fc.assert(
      fc.property(routings, routing => {
        assert.deepEqual(routingTable(routing).at(-1), { match: { kind: 'everyone' }, release: live });
      }),
    );
  });
});

describe('bucketExpression', () => {
  it('matches exactly the buckets of any range', () => {
    const range = fc
      .tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 999 }))
      .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
    fc.assert(
      fc.property(range, ({ from, to }) => {
        const expression = new RegExp(`^(?:${bucketExpression([{ from, to }])})$`);
        for (const bucket of allBuckets) {
          assert.equal(
            expression.test(bucket),
            Number(bucket) >= from && Number(bucket) <= to,
            `${bucket} in ${from}-${to}`,
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it('stays short, for it is sent to every gateway', () => {
    for (const threshold of [1, 10, 50, 333, 500, 999]) {
      const text = bucketExpression(bucketsBelow(threshold, parseRelease('42')));
      assert.ok(text.length < 120, `${threshold}: ${text}`);
    }
  });
});

describe('place', () => {
  it('prefers here, then the peer, and is never at a loss', () => {
    assert.equal(place({ here: true, peer: true }), 'here');
    assert.equal(place({ here: true, peer: false }), 'here');
    assert.equal(place({ here: false, peer: true }), 'peer');
    assert.equal(place({ here: false, peer: false }), 'live-here');
    assert.deepEqual(placesInOrder, ['here', 'peer', 'live-here']);
  });
});
