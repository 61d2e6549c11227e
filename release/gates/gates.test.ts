import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shift } from '../../domain/record-changes.ts';
import { recordIn, recordTime } from '../../domain/record-in.ts';
import { ParityError } from '../../domain/errors.ts';
import { laptopPolicy, productionPolicy } from '../policies.ts';
import type { MetricsPort, SampleQuery } from '../ports.ts';
import { halfWidth, meanWithin } from './confidence-sequence.ts';
import { explain } from './explain.ts';
import { judge } from './judge.ts';
import { judgeGate, type Certainty } from './judge-gate.ts';
import { noSample, sampleOf, varianceOf, type Sample } from './sample.ts';
import { seededRandom } from '../testing/simulate-release.ts';
import { judgedWindows, marginOf, windowsOf } from './windows.ts';

const gate = { name: 'errors', measure: 'errors', limit: 0.05 } as const;
const certainty: Certainty = { margin: 0.02, minimumUsers: 20, falseStop: 0.001, falsePass: 0.01 };

/** Users of whom a part had every request fail. */
function aSample(users: number, failing: number): Sample {
  return { users, sum: users * failing, sumOfSquares: users * failing };
}

function sides(candidate: Sample, live: Sample, baseline = noSample) {
  return { candidate, live, baseline, together: true };
}

describe('judgeGate', () => {
  it('passes what it can prove, and tells by how much', () => {
    const reading = judgeGate(gate, sides(aSample(20_000, 0.01), aSample(20_000, 0.01)), certainty);
    assert.equal(reading.verdict, 'pass');
    assert.match(reading.why, /^at most \d\.\d points more than the live release$/);
  });

  it('never passes without users enough on both sides', () => {
    for (const [few, many] of [
      [19, 20_000],
      [20_000, 19],
    ] as const) {
      const reading = judgeGate(gate, sides(aSample(few, 0), aSample(many, 0)), certainty);
      assert.equal(reading.verdict, 'not-enough-evidence');
      assert.equal(reading.why, 'fewer than 20 users on one side');
    }
  });

  it('does not take a few users without errors for a proof', () => {
    const reading = judgeGate(gate, sides(aSample(200, 0), aSample(20_000, 0)), certainty);
    assert.equal(reading.verdict, 'not-enough-evidence');
  });

  it('says worse when the candidate is worse than the live release', () => {
    const reading = judgeGate(gate, sides(aSample(5_000, 0.04), aSample(5_000, 0.005)), certainty);
    assert.equal(reading.verdict, 'worse');
    assert.match(reading.why, /^at least \d\.\d points more than the live release$/);
  });

  it('says worse when the objective is missed, whatever the live release is like', () => {
    const reading = judgeGate(gate, sides(aSample(2_000, 0.2), aSample(2_000, 0.2)), certainty);
    assert.equal(reading.verdict, 'worse');
    assert.match(reading.why, /^above the objective of 5\.0 % by at least/);
  });

  it('is certain of a handful of users where more of them fail than the objective leaves room for', () => {
    const few: Certainty = { ...certainty, minimumUsers: 10, margin: 0.2 };
    const rare = { ...gate, limit: 0.01 };
    const ofTen = (failing: number) => judgeGate(rare, sides(aSample(10, failing), aSample(90, 0)), few);
    assert.equal(ofTen(0.4).verdict, 'worse');
    assert.deepEqual([ofTen(0.1).verdict, ofTen(0.1).holdsBack], ['not-enough-evidence', false]);
  });

  it('never passes when both are bad', () => {
    const reading = judgeGate(gate, sides(aSample(900, 0.055), aSample(90_000, 0.055)), certainty);
    assert.equal(reading.verdict, 'not-enough-evidence');
    assert.equal(reading.why, 'above the objective of 5.0 %, though not for certain');
  });

  it('tells evidence that is against the candidate from evidence that is short', () => {
    const bad = judgeGate(gate, sides(aSample(90, 0.12), aSample(90, 0)), certainty);
    assert.deepEqual([bad.verdict, bad.holdsBack], ['not-enough-evidence', true]);
    const unlucky = judgeGate(gate, sides(aSample(30, 2 / 30), aSample(30, 0)), certainty);
    assert.deepEqual([unlucky.verdict, unlucky.holdsBack], ['not-enough-evidence', false]);
    const asBadAsLive = judgeGate(gate, sides(aSample(90, 0.12), aSample(90, 0.12)), certainty);
    assert.deepEqual([asBadAsLive.verdict, asBadAsLive.holdsBack], ['not-enough-evidence', false]);
    // The objective and not a wide margin says what is nobody's business: 263 users here, 119 before (failures.md 62).
    const wide: Certainty = { ...certainty, minimumUsers: 10, margin: 0.2 };
    const before = { ...sides(aSample(263, 0.0336), aSample(119, 0)), together: false };
    const missed = judgeGate({ ...gate, limit: 0.01 }, before, wide);
    assert.deepEqual([missed.verdict, missed.holdsBack], ['not-enough-evidence', true]);
    const fewer = judgeGate(gate, sides(aSample(9, 1), aSample(90, 0)), certainty);
    assert.deepEqual([fewer.verdict, fewer.holdsBack], ['not-enough-evidence', undefined]);
  });

  it('says worse when the live release has got worse than it was before', () => {
    const reading = judgeGate(
      gate,
      sides(aSample(5_000, 0.045), aSample(5_000, 0.045), aSample(50_000, 0.001)),
      certainty,
    );
    assert.equal(reading.verdict, 'worse');
    assert.match(
      reading.why,
      /^the live release itself has at least \d\.\d points more than before the shift$/,
    );
  });

  it('never passes what has more than limit or margin, and never stops what is better', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const users = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(users, part, users, part, (n, bad, m, good) => {
        const { verdict } = judgeGate(gate, sides(aSample(n, bad), aSample(m, good)), certainty);
        if (bad > gate.limit || bad >= good + certainty.margin) assert.notEqual(verdict, 'pass');
        if (bad <= gate.limit && bad <= good) assert.notEqual(verdict, 'worse');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('halfWidth', () => {
  it('holds at every look at once: a fair coin leaves it at most as often as it says', () => {
    const random = seededRandom(7);
    let left = 0;
    for (let run = 0; run < 400; run += 1) {
      let heads = 0;
      for (let n = 1; n <= 1_000; n += 1) {
        if (random() < 0.5) heads += 1;
        if (n < 20) continue;
        if (Math.abs(heads / n - 0.5) > halfWidth({ variance: 0.25 / n, scale: 0.1, alpha: 0.05 })) {
          left += 1;
          break;
        }
      }
    }
    assert.ok(left <= 20, `${left} of 400 left, at most 20 may`);
  });

  it('shrinks as the evidence grows', () => {
    const width = (variance: number) => halfWidth({ variance, scale: 0.02, alpha: 0.01 });
    assert.ok(width(1e-4) > width(1e-5));
    assert.equal(width(0), 0);
  });
});

describe('meanWithin', () => {
  const alpha = 0.05;

  for (const [name, mean, share] of [
    ['a rare failure', 0.01, (random: () => number) => (random() < 0.01 ? 1 : 0)],
    ['a fair coin', 0.5, (random: () => number) => (random() < 0.5 ? 1 : 0)],
    ['anything between', 0.25, (random: () => number) => random() * random()],
  ] as const) {
    it(`holds at every look at once, from the first user on: ${name} leaves it at most as often as it says`, () => {
      const random = seededRandom(11);
      let left = 0;
      for (let run = 0; run < 400; run += 1) {
        let sum = 0;
        for (let users = 1; users <= 300; users += 1) {
          sum += share(random);
          const { least, most } = meanWithin({ users, sum }, alpha);
          if (least <= mean && mean <= most) continue;
          left += 1;
          break;
        }
      }
      assert.ok(left <= 400 * alpha, `${left} of 400 left`);
    });
  }

  it('lies around the mean, and narrows as users come in', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (users, mean) => {
          const { least, most } = meanWithin({ users, sum: users * mean }, alpha);
          assert.ok(0 <= least && least <= mean && mean <= most && most <= 1);
          const ofMore = meanWithin({ users: users * 10, sum: users * 10 * mean }, alpha);
          assert.ok(ofMore.least >= least && ofMore.most <= most);
        },
      ),
    );
  });

  it('says nothing of nobody', () => {
    assert.deepEqual(meanWithin(noSample, alpha), { least: 0, most: 1 });
  });
});

describe('varianceOf', () => {
  it('is not nothing for users who never failed', () => {
    assert.ok(varianceOf(sampleOf(Array<number>(50).fill(0))) > 0.01);
  });
});

describe('windowsOf', () => {
  const nowMs = recordTime.nowMs + 5_000;

  it('compares the same minutes while both sides have users', () => {
    const windows = windowsOf(recordIn('shifted', 500), laptopPolicy, nowMs);
    assert.equal(windows?.candidate.release, '42');
    assert.deepEqual(windows?.live, { release: '41', fromMs: recordTime.nowMs, toMs: nowMs });
    assert.equal(windows?.baseline.fromMs, recordTime.nowMs - laptopPolicy.baselineMs);
  });

  it('has nothing to compare with when the live side never had users enough', () => {
    assert.equal(windowsOf(recordIn('shifted', 1000), laptopPolicy, nowMs)?.live, undefined);
  });

  it('compares a bake with the last minutes in which both sides had users', () => {
    const reference = { from: '2026-11-22T04:00:00.000Z', to: '2026-11-22T04:30:00.000Z' };
    const record = recordIn('baking');
    const evidence = { ...(record.evidence ?? assert.fail()), reference };
    const windows = windowsOf({ ...record, evidence }, laptopPolicy, nowMs);
    assert.equal(windows?.candidate.release, '42');
    assert.equal(windows?.live?.release, '41');
    assert.equal(windows?.live?.toMs, Date.parse(reference.to));
    assert.equal(windows?.together, false);
  });

  it('is nothing while no user is on unproven ground', () => {
    assert.equal(windowsOf(recordIn('deployed'), laptopPolicy, nowMs), undefined);
  });
});

describe('marginOf', () => {
  it('is that of the stage reached', () => {
    assert.equal(marginOf(recordIn('beta'), productionPolicy), 0.2);
    assert.equal(marginOf(recordIn('shifted', 50), productionPolicy), 0.08);
    assert.equal(marginOf(recordIn('shifted', 400), productionPolicy), 0.02);
    assert.equal(marginOf(recordIn('baking'), productionPolicy), 0.02);
  });
});

describe('judge', () => {
  const nowMs = recordTime.nowMs + 5_000;
  const metrics = (bad: Partial<Record<SampleQuery['measure'], number>>, restarts = 0): MetricsPort => ({
    sample: async ({ measure, release }) => aSample(20_000, release === '42' ? (bad[measure] ?? 0) : 0),
    restarts: async () => restarts,
    apart: async () => [],
  });
  const ask = (port: MetricsPort) =>
    judge(recordIn('shifted', 500), { metrics: port, policy: productionPolicy, nowMs });

  it('passes when every gate passes', async () => {
    const judgement = await ask(metrics({}));
    assert.equal(judgement.verdict, 'pass');
    assert.equal(judgement.readings.length, productionPolicy.gates.length);
  });

  it('is worse when one gate is, and names it, both sides and the users', async () => {
    const judgement = await ask(metrics({ 'pushes-failed': 0.2 }));
    assert.equal(judgement.verdict, 'worse');
    assert.match(
      judgement.why,
      /^pushes failed: above the objective of 2\.0 % by at least .* \(20\.00 % of 20000 users on the candidate, 0\.00 % of 20000 users on the live release\)$/,
    );
    assert.match(
      explain(judgement).join('\n'),
      /pushes failed: worse: 20\.00 % of 20000 users on the candidate, 0\.00 % of 20000 users on the live release:/,
    );
  });

  it('is worse when processes of the candidate end by themselves, and says what the live release did', async () => {
    const seen = metrics({});
    const restarts: MetricsPort['restarts'] = async ({ release }) => (release === '42' ? 3 : 1);
    assert.equal(
      (await ask({ ...seen, restarts })).why,
      'restarts: 3 processes of 42 ended by themselves (limit 2), 1 of 41, with 20000 users on the one and 20000 on the other',
    );
    const candidateOnly: MetricsPort['restarts'] = async query =>
      query.release === '42' ? 3 : Promise.reject(new ParityError('unreachable', 'Nobody counts.'));
    const judgement = await ask({ ...seen, restarts: candidateOnly });
    assert.equal(judgement.verdict, 'worse');
    assert.match(judgement.why, /nobody knows how many of 41/);
  });

  it('is blind, never a pass, when there are no figures', async () => {
    const away = () => Promise.reject(new ParityError('unreachable', 'The metrics do not answer.'));
    const judgement = await ask({ sample: away, restarts: away, apart: away });
    assert.deepEqual(judgement, { verdict: 'blind', readings: [], why: 'The metrics do not answer.' });
    assert.deepEqual(explain(judgement), ['blind: The metrics do not answer.']);
  });

  it('holds back what a gateway cannot reach, for that reason first, and still says worse', async () => {
    const apart = async () => ['odd', 'even'] as const;
    const judgement = await ask({ ...metrics({}), apart });
    assert.equal(judgement.verdict, 'not-enough-evidence');
    assert.equal(
      judgement.why,
      'peer link: odd does not reach its peer, so whoever enters there is on 41, whatever 42 is like',
    );
    assert.deepEqual(
      judgement.readings.filter(({ holdsBack }) => holdsBack).map(({ gate }) => gate),
      ['peer link'],
    );
    assert.equal((await ask({ ...metrics({ errors: 0.2 }), apart })).verdict, 'worse');
  });

  it('does not ask for the way to the peer of what runs in both clusters', async () => {
    const apart = () => assert.fail('nobody was to ask');
    const record = recordIn('shifted', 500);
    const { candidate } = record;
    const both = [record.live.release, candidate ?? assert.fail()];
    const ports = { metrics: { ...metrics({}), apart }, policy: productionPolicy, nowMs };
    assert.equal((await judge({ ...record, runs: { odd: both, even: both } }, ports)).verdict, 'pass');
    assert.equal((await judge(recordIn('baking'), ports)).verdict, 'not-enough-evidence');
  });

  it('says worse by the figures that there are, when others are out of sight', async () => {
    const sample = async ({ measure, release }: SampleQuery) => {
      if (measure === 'stuck') throw new ParityError('unreachable', 'Nobody knows of documents.');
      return aSample(5_000, measure === 'errors' && release === '42' ? 0.1 : 0);
    };
    const judgement = await ask({ ...metrics({}), sample });
    assert.equal(judgement.verdict, 'worse');
    assert.match(judgement.why, /^errors: /);
  });
});

describe('judgedWindows', () => {
  it('are those that are compared, each once: one goes on, the others have ended', () => {
    const from = recordTime.nowMs;
    const baseline = { fromMs: from - laptopPolicy.baselineMs, toMs: from };
    assert.deepEqual(judgedWindows(recordIn('settled'), laptopPolicy), []);
    assert.deepEqual(judgedWindows(recordIn('shifted', 500), laptopPolicy), [
      { fromMs: from, toMs: undefined },
      baseline,
    ]);
    const later = { nowMs: from + 9_000, judgedForMs: 60_000 };
    const everybody = shift(recordIn('shifted', 500), { threshold: 1000, ...later });
    assert.deepEqual(judgedWindows(everybody, laptopPolicy), [
      { fromMs: from + 9_000, toMs: undefined },
      { fromMs: from, toMs: from + 9_000 },
      baseline,
    ]);
  });
});
