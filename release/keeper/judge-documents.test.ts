import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DocumentState } from '../../domain/document.ts';
import { ParityError } from '../../domain/errors.ts';
import { documentObjectives, maxOutcomesAsked, type PushOutcome } from '../../domain/outcomes.ts';
import { parseRelease } from '../../domain/release.ts';
import { documentJudge } from './judge-documents.ts';
import type { Observation } from './window-figures.ts';

const release = parseRelease('42');
const { storedWithinMs, pushedWithinMs } = documentObjectives;

/** A judge that follows documents accepted at 0, and what becomes of them. */
function following(...ids: string[]) {
  const states: Record<string, DocumentState> = {};
  const pushes: Record<string, PushOutcome> = {};
  const seen: Observation[] = [];
  const asked: number[] = [];
  const services = { away: false };
  const among =
    <T>(all: Record<string, T>) =>
    async (some: readonly string[]) => {
      if (services.away) throw new ParityError('unreachable', 'Storage does not answer.');
      asked.push(some.length);
      return Object.fromEntries(Object.entries(all).filter(([id]) => some.includes(id)));
    };
  const judge = documentJudge(
    { documents: among(states), pushes: among(pushes) },
    one => void seen.push(one),
  );
  for (const id of ids) judge.follow({ id, user: `user of ${id}`, release, atMs: 0 });
  const said = () => seen.map(({ measure, user, bad }) => `${measure} ${user}: ${bad ? 'bad' : 'good'}`);
  return { judge, states, pushes, services, asked, seen, said };
}

describe('documentJudge', () => {
  it('judges when the objective is due, neither before nor again', async () => {
    const { judge, states, said } = following('a', 'b');
    states['a'] = 'notified';
    await judge.judgeDue(storedWithinMs - 1);
    assert.deepEqual(said(), []);
    await judge.judgeDue(storedWithinMs);
    states['b'] = 'stored';
    await judge.judgeDue(storedWithinMs + 1);
    assert.deepEqual(said(), ['stuck user of a: good', 'stuck user of b: bad']);
  });

  it('blames no release for a document that it refused with a reason, but for one that was parked or lost', async () => {
    const { judge, states, said } = following('a', 'b', 'c');
    Object.assign(states, { a: 'rejected', b: 'parked', c: 'lost' });
    await judge.judgeDue(pushedWithinMs);
    assert.deepEqual(said(), ['stuck user of a: good', 'stuck user of b: bad', 'stuck user of c: bad']);
  });

  it('asks for the pushes of what was stored, later', async () => {
    const { judge, states, pushes, seen } = following('sent', 'failed', 'pending', 'deaf', 'forgotten');
    Object.assign(states, {
      sent: 'notified',
      failed: 'notified',
      pending: 'stored',
      deaf: 'notified',
      forgotten: 'stored',
    });
    Object.assign(pushes, {
      sent: 'sent',
      failed: 'failed',
      pending: 'pending',
      deaf: 'none',
      forgotten: 'none',
    });
    await judge.judgeDue(storedWithinMs);
    await judge.judgeDue(pushedWithinMs - 1);
    assert.ok(seen.every(({ measure }) => measure === 'stuck'));
    await judge.judgeDue(pushedWithinMs);
    const failed = seen.filter(({ measure, bad }) => measure === 'pushes-failed' && bad);
    assert.deepEqual(
      failed.map(({ user }) => user),
      ['user of failed', 'user of pending', 'user of forgotten'],
    );
    assert.equal(seen.length, 10);
  });

  it('loses nothing while nobody can be asked', async () => {
    const { judge, states, services, said } = following('a');
    services.away = true;
    await assert.rejects(judge.judgeDue(storedWithinMs), { code: 'unreachable' });
    services.away = false;
    states['a'] = 'rejected';
    await judge.judgeDue(storedWithinMs + 9_000);
    assert.deepEqual(said(), ['stuck user of a: good']);
  });

  it('asks for no more at once than services answer', async () => {
    const { judge, asked } = following(...Array.from({ length: maxOutcomesAsked + 1 }, (_, at) => `${at}`));
    await judge.judgeDue(storedWithinMs);
    assert.deepEqual(asked, [maxOutcomesAsked, 1]);
  });
});
