import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acceptFigures, judgeAccept, median } from './accept-figures.ts';
import { cpuBudgets } from './cpu-budget.ts';
import { contestantNames, type ContestantName, type DocumentSize } from './contestant.ts';
import { rotated, type Turn } from './run-rounds.ts';

const oneTurn = [{ made: 100, cpuMs: 20 }];
const files = { '1 KB': oneTurn, '200 KB': oneTurn, '2 MB': oneTurn };
const syncMs = { '1 KB': [1, 2, 3], '200 KB': [2], '2 MB': [20] };

function aTurn(of: Partial<Turn> & { contestant: ContestantName }): Turn {
  const taken = of.taken ?? 100;
  const counted = { statuses: { 202: taken }, ms: [1, 2, 3], seconds: 1, cpuMs: { [of.contestant]: 50 } };
  return { size: '1 KB', round: 1, failed: 0, taken, ...counted, ...of };
}

/** A run in which everybody takes `taken` documents of each size in each of three rounds. */
function aRun(taken: Record<ContestantName, number>): Turn[] {
  const sizes: DocumentSize[] = ['1 KB', '200 KB', '2 MB'];
  return [1, 2, 3].flatMap(round =>
    sizes.flatMap(size =>
      contestantNames.map(contestant => aTurn({ contestant, round, size, taken: taken[contestant] })),
    ),
  );
}

const asWanted = { processor: 300, gateway: 200, tus: 100, sink: 500 };

describe('acceptFigures', () => {
  it('adds up the rounds', () => {
    const turns = [
      aTurn({ contestant: 'processor', taken: 100, cpuMs: { processor: 50, broker: 10 } }),
      aTurn({ contestant: 'processor', round: 2, taken: 300, cpuMs: { processor: 50, broker: 30 } }),
      aTurn({ contestant: 'tus' }),
      aTurn({ contestant: 'tus', round: 2 }),
    ];
    const [processor] = acceptFigures({ turns, syncMs, files }).contestants;
    assert.equal(processor?.requestsPerSecond, 200);
    assert.equal(processor?.megabytesPerSecond, 0.2);
    assert.deepEqual(processor?.cpuUs, { processor: 250, broker: 100 });
    assert.deepEqual(processor?.against.tus, { median: 2, least: 1, most: 3 });
  });

  it('shows the disk beside them', () => {
    const { disk } = acceptFigures({ turns: aRun(asWanted), syncMs, files });
    assert.deepEqual(disk[0], { size: '1 KB', p50Ms: 2, p99Ms: 3, filesCpuUs: 200 });
  });
});

describe('cpuBudgets', () => {
  const turns = aRun(asWanted).map(turn => ({ ...turn, cpuMs: { ...turn.cpuMs, broker: 10, client: 20 } }));

  it('holds what a target leaves against what its parts cost alone', () => {
    const [first, ...others] = cpuBudgets(acceptFigures({ turns, syncMs, files }), 2);
    // 3 × 100/s of two cores; 200 µs of files, 10 ms for 300 documents by the broker, 70 ms for 500 by the sink and its client.
    assert.equal(first?.target.size, '1 KB');
    assert.equal(first.leavesUs, 2e6 / 300);
    assert.ok(Math.abs(first.partsUs - (200 + 1e4 / 300 + 7e4 / 500)) < 1e-9);
    assert.equal(others.length, 4);
  });

  it('says nothing of a size that was not measured', () => {
    const small = turns.filter(({ size }) => size === '1 KB');
    const budgets = cpuBudgets(acceptFigures({ turns: small, syncMs, files }), 2);
    assert.deepEqual(
      budgets.map(({ target }) => target.size),
      ['1 KB'],
    );
  });
});

describe('judgeAccept', () => {
  const outcomes = (turns: readonly Turn[]) =>
    judgeAccept(acceptFigures({ turns, syncMs, files })).map(({ kind, outcome }) => `${kind} ${outcome}`);

  it('is content with three times @tus/server and 0.6 of the sink', () => {
    assert.ok(outcomes(aRun(asWanted)).every(outcome => outcome.endsWith('met')));
  });

  it('misses the goals first', () => {
    assert.deepEqual(outcomes(aRun({ ...asWanted, processor: 299 })), [
      'required met',
      'required missed',
      'required met',
      'goal missed',
      'goal missed',
      'goal missed',
    ]);
  });

  it('misses for one request that failed, of whomever', () => {
    const [first, ...others] = aRun(asWanted) as [Turn, ...Turn[]];
    assert.equal(outcomes([{ ...first, failed: 1 }, ...others])[0], 'required missed');
  });

  it('misses what was not measured', () => {
    const small = aRun(asWanted).filter(({ size }) => size === '1 KB');
    const goals = Array.from({ length: 3 }, () => 'goal missed');
    assert.deepEqual(outcomes(small), ['required met', 'required met', 'required missed', ...goals]);
  });
});

describe('median', () => {
  it('is the middle, or between the two in the middle', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([4, 1, 9, 2]), 3);
    assert.equal(median([7]), 7);
  });
});

describe('rotated', () => {
  it('has everybody begin once in as many rounds', () => {
    const first = [0, 1, 2, 3].map(round => rotated(contestantNames, round)[0]);
    assert.deepEqual(new Set(first), new Set(contestantNames));
    assert.deepEqual(rotated([1, 2, 3], 4), [2, 3, 1]);
  });
});
