import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sampleOf } from '../gates/sample.ts';
import { userFold } from './user-fold.ts';

describe('userFold', () => {
  it('lets each user weigh the same, however busy', () => {
    const fold = userFold();
    fold.add('anna', true, 99);
    fold.add('otto', false);
    assert.deepEqual(fold.sample(), { users: 2, sum: 1, sumOfSquares: 1 });
  });

  it('is the sample of every user’s share, in whatever order and parts it was seen', () => {
    const user = fc.constantFrom('anna', 'otto', 'emma');
    const seen = fc.array(fc.record({ user, bad: fc.boolean(), part: fc.boolean() }));
    fc.assert(
      fc.property(seen, all => {
        const [fold, other] = [userFold(), userFold()];
        for (const { user, bad, part } of all) (part ? fold : other).add(user, bad);
        fold.addAll(other);
        const byUser = Map.groupBy(all, ({ user }) => user);
        const shares = [...byUser.values()].map(of => of.filter(({ bad }) => bad).length / of.length);
        const { users, sum, sumOfSquares } = sampleOf(shares);
        const got = fold.sample();
        assert.equal(got.users, users);
        assert.ok(Math.abs(got.sum - sum) < 1e-9 && Math.abs(got.sumOfSquares - sumOfSquares) < 1e-9);
      }),
    );
  });

  it('counts no more users than it has room for, and these to the end', () => {
    const fold = userFold(2);
    for (const user of ['anna', 'otto', 'emma', 'emma']) fold.add(user, true);
    fold.add('anna', false);
    assert.deepEqual(fold.sample(), { users: 2, sum: 1.5, sumOfSquares: 1.25 });
  });
});
