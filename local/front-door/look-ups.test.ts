import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parities, type Parity } from '../../domain/parity.ts';
import { manualClock } from '../../services/kit/manual-clock.ts';
import { cachedLookUps, isStubborn, type LookUpSettings } from './look-ups.ts';

const minute: LookUpSettings = { ttlMs: 60_000, stubbornShare: 0.05 };
const laptop = '127.0.0.1';
/** The 996th of the thousand addresses from 127.0.0.1 on. */
const stubborn = '127.0.3.228';

/** Clients of a name whose answer a test changes. */
function clientsOf(settings: LookUpSettings) {
  const clock = manualClock();
  const name = { answer: 'odd' as Parity, asked: 0 };
  const lookUp = () => {
    name.asked += 1;
    return name.answer;
  };
  return { clock, name, goes: cachedLookUps(settings, { clock, lookUp }) };
}

describe('cachedLookUps', () => {
  it('asks for every connection when answers do not live', () => {
    const { name, goes } = clientsOf({ ttlMs: 0, stubbornShare: 0 });
    assert.equal(goes(laptop), 'odd');
    name.answer = 'even';
    assert.equal(goes(laptop), 'even');
  });

  it('keeps an answer for its time to live, and no longer', () => {
    const { clock, name, goes } = clientsOf(minute);
    assert.equal(goes(laptop), 'odd');
    name.answer = 'even';
    clock.advance(59_999);
    assert.equal(goes(laptop), 'odd');
    clock.advance(1);
    assert.equal(goes(laptop), 'even');
    assert.equal(name.asked, 2);
  });

  it('keeps one for each client, from when it asked', () => {
    const { clock, name, goes } = clientsOf(minute);
    goes('127.0.0.2');
    clock.advance(30_000);
    name.answer = 'even';
    assert.deepEqual([goes('127.0.0.2'), goes('127.0.0.3')], ['odd', 'even']);
    clock.advance(30_000);
    name.answer = 'odd';
    assert.deepEqual([goes('127.0.0.2'), goes('127.0.0.3')], ['odd', 'even']);
  });

  it('lets the stubborn keep their first answer for ever', () => {
    const { clock, name, goes } = clientsOf(minute);
    goes(stubborn);
    name.answer = 'even';
    clock.advance(7 * 24 * 3_600_000);
    assert.equal(goes(stubborn), 'odd');
  });

  it('never answers older than its time to live, whatever the name said in between', () => {
    const step = fc.record({ waitMs: fc.nat(40_000), answer: fc.constantFrom(...parities) });
    fc.assert(
      fc.property(fc.array(step), steps => {
        const { clock, name, goes } = clientsOf(minute);
        const said: { at: number; answer: Parity }[] = [];
        for (const { waitMs, answer } of steps) {
          clock.advance(waitMs);
          name.answer = answer;
          said.push({ at: clock.monotonic(), answer });
          const got = goes(laptop);
          const young = said.filter(({ at }) => clock.monotonic() - at < minute.ttlMs);
          assert.ok(young.some(each => each.answer === got));
        }
      }),
    );
  });
});

describe('isStubborn', () => {
  it('is true of the share that was asked for, of any thousand clients in a row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000 }), fc.nat(60_000), (thousandths, from) => {
        const addresses = Array.from({ length: 1_000 }, (_, at) => addressOf(from + at));
        const counted = addresses.filter(address => isStubborn(address, thousandths / 1_000)).length;
        assert.equal(counted, thousandths);
      }),
    );
  });

  it('is true of the laptop itself only when all are', () => {
    assert.equal(isStubborn(laptop, 0.999), false);
    assert.equal(isStubborn(laptop, 1), true);
    assert.equal(isStubborn(stubborn, 0.05), true);
  });
});

const addressOf = (number: number) => `127.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
