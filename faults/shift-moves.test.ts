import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LoadSample } from './open-load.ts';
import { movesWithin, type ShiftWindow } from './shift-moves.ts';

const window: ShiftWindow = { fromMs: 1_000, untilMs: 1_500, before: () => '1' };

function answer(release: string, sentAt: number, ms = 5, who = 'anna'): LoadSample {
  const asked = { who, url: 'http://odd', method: 'GET', bytes: 0 } as const;
  return {
    ...asked,
    ...{ firstSentAt: sentAt, sentAt, ms, status: 200, servedBy: `odd/${release}`, tries: 1, first: '200' },
  };
}

function movesOf(...samples: readonly LoadSample[]): number[] {
  return movesWithin(samples, [window]).map(({ moves }) => moves);
}

describe('movesWithin', () => {
  it('is nothing for who stays, and one for who goes over', () => {
    assert.deepEqual(movesOf(answer('1', 1_010), answer('1', 1_400)), [0]);
    assert.deepEqual(movesOf(answer('1', 1_010), answer('2', 1_100), answer('2', 1_400)), [1]);
  });

  it('is more for who comes back, also when he was over before his first request', () => {
    assert.deepEqual(movesOf(answer('1', 1_010), answer('2', 1_100), answer('1', 1_400)), [2]);
    assert.deepEqual(movesOf(answer('2', 1_100), answer('1', 1_400)), [2]);
    assert.deepEqual(movesOf(answer('2', 1_100), answer('1', 1_200), answer('2', 1_300)), [3]);
  });

  it('counts each user, and each gateway, for itself', () => {
    const elsewhere = { ...answer('1', 1_200), url: 'http://even' };
    const [anna, ben] = [answer('2', 1_100), answer('1', 1_200, 5, 'ben')];
    assert.deepEqual(movesOf(anna, elsewhere, ben), [1, 0, 0]);
  });

  it('takes two for neither order when one was sent before the other was answered', () => {
    assert.deepEqual(movesOf(answer('1', 1_010, 200), answer('2', 1_020, 100)), [1]);
    assert.deepEqual(movesOf(answer('2', 1_010, 100), answer('1', 1_100, 200)), [1]);
  });

  it('leaves out what was under way when a shift began, or the next one', () => {
    const underWay = [answer('2', 990, 20), answer('1', 1_400, 200)];
    assert.deepEqual(movesOf(...underWay), []);
    assert.deepEqual(
      movesWithin([...underWay, answer('2', 1_300)], [window]).map(({ requests, moves }) => [
        requests,
        moves,
      ]),
      [[1, 1]],
    );
  });

  it('finds those whose place is thrown by dice for each request', () => {
    let state = 7;
    const dice = () => (state = (state * 48_271) % 2_147_483_647) % 2;
    const users = Array.from({ length: 50 }, (_, user) => `user-${user}`);
    const samples = users.flatMap((who, user) =>
      Array.from({ length: 5 }, (_, at) => answer(String(1 + dice()), 1_000 + user + at * 90, 5, who)),
    );
    const twice = movesWithin(samples, [window]).filter(({ moves }) => moves > 1).length;
    assert.ok(twice > 30, `${twice} of 50`);
  });

  it('never accuses a gateway that changes sides once, whenever it decides and however requests queue', () => {
    const request = fc.record({
      sentAt: fc.integer({ min: 1_000, max: 1_490 }),
      ms: fc.integer({ min: 0, max: 400 }),
      decided: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(request), fc.integer({ min: 1_000, max: 1_500 }), (requests, changedAt) => {
        const samples = requests.map(({ sentAt, ms, decided }) =>
          answer(sentAt + ms * decided < changedAt ? '1' : '2', sentAt, ms),
        );
        return movesOf(...samples).every(moves => moves <= 1);
      }),
    );
  });
});
