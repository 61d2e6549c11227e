import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, mock } from 'node:test';
import { racers, sample, type Bench, type Sample } from './database-bench.ts';
import type { LeasedRows } from './rows.ts';

const hourMs = 3_600_000;

/** What leases must do in every database. */
export function describeLeases(bench: () => Bench): void {
  const open = async (): Promise<[LeasedRows<Sample>, string]> => {
    const rows = bench().database.leasedRows<Sample>(`leases-${randomUUID()}`);
    const row = sample();
    await rows.insert(row);
    return [rows, row._id];
  };
  describe('lease', () => {
    describeHolding(open);
    describeExpiry(open, bench);
    describeLostLeases(open, bench);
  });
}

type Open = () => Promise<[LeasedRows<Sample>, string]>;

function describeHolding(open: Open): void {
  it('gives exactly one of many the lease', async () => {
    const [rows, id] = await open();
    const answers = await Promise.all(racers.map(n => rows.lease(id, { holder: `h${n}`, forMs: hourMs })));
    const held = answers.filter(answer => answer !== undefined);
    assert.deepEqual(held, [await rows.read(id)]);
    assert.equal(held[0]?.revision, 2);
  });
  it('prolongs for its holder and refuses all others', async () => {
    const [rows, id] = await open();
    const first = await rows.lease(id, { holder: 'a', forMs: 1000 });
    const second = await rows.lease(id, { holder: 'a', forMs: hourMs });
    assert.ok(first?.leaseUntil && second?.leaseUntil && second.leaseUntil > first.leaseUntil);
    assert.equal(second.revision, 3);
    assert.equal(await rows.lease(id, { holder: 'b', forMs: hourMs }), undefined);
    assert.deepEqual(await rows.read(id), second);
  });
  it('is free again when its holder removes it', async () => {
    const [rows, id] = await open();
    const held = await rows.lease(id, { holder: 'a', forMs: hourMs });
    assert.ok(held);
    await rows.change(held, { leaseHolder: undefined, leaseUntil: undefined });
    assert.equal((await rows.lease(id, { holder: 'b', forMs: hourMs }))?.leaseHolder, 'b');
  });
  it('is not given on a row that is not there', async () => {
    const [rows] = await open();
    assert.equal(await rows.lease('nobody', { holder: 'a', forMs: hourMs }), undefined);
    assert.equal(await rows.read('nobody'), undefined);
  });
  it('refuses to last no time at all', async () => {
    const [rows, id] = await open();
    const refusal = { name: 'TypeError', message: '0 is not at least 1.' };
    await assert.rejects(rows.lease(id, { holder: 'a', forMs: 0 }), refusal);
  });
}

function describeExpiry(open: Open, bench: () => Bench): void {
  it('expires when its time has passed at the server, not before', async () => {
    const [rows, id] = await open();
    const held = await rows.lease(id, { holder: 'a', forMs: 1500 });
    assert.equal(await rows.lease(id, { holder: 'b', forMs: hourMs }), undefined);
    await bench().passTime(1600);
    const taken = await rows.lease(id, { holder: 'b', forMs: hourMs });
    assert.equal(taken?.leaseHolder, 'b');
    assert.ok(held?.leaseUntil && taken.leaseUntil);
    assert.ok(taken.leaseUntil.getTime() - held.leaseUntil.getTime() >= hourMs);
  });
  for (const [way, jumpMs] of Object.entries({ ahead: hourMs, back: -hourMs })) {
    it(`does not care that our clock jumps an hour ${way}`, async () => {
      const [rows, id] = await open();
      const first = await rows.lease(id, { holder: 'a', forMs: 60_000 });
      mock.timers.enable({ apis: ['Date'], now: Date.now() + jumpMs });
      try {
        assert.equal(await rows.lease(id, { holder: 'b', forMs: 60_000 }), undefined);
        const again = await rows.lease(id, { holder: 'a', forMs: 60_000 });
        assert.ok(first?.leaseUntil && again?.leaseUntil);
        const prolongedMs = again.leaseUntil.getTime() - first.leaseUntil.getTime();
        assert.ok(prolongedMs >= 0 && prolongedMs < 30_000, `prolonged by ${prolongedMs} ms`);
      } finally {
        mock.timers.reset();
      }
    });
  }
}

function describeLostLeases(open: Open, bench: () => Bench): void {
  for (const [which, nth] of Object.entries({ 'asking for the time': 1, 'taking it': 2 })) {
    it(`is held once when the answer to ${which} was lost`, async () => {
      const [rows, id] = await open();
      bench().loseAnswerOf(nth);
      const held = await rows.lease(id, { holder: 'a', forMs: hourMs });
      assert.deepEqual([held?.leaseHolder, held?.revision], ['a', 2]);
      assert.deepEqual(await rows.read(id), held);
    });
  }
}
