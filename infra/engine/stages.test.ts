import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isParityError } from '../../domain/errors.ts';
import { inParallel, stagesOf } from './stages.ts';

const stack = (name: string, ...dependencies: string[]) => ({ name, dependencies });
const namesOf = (stages: readonly (readonly { name: string }[])[]) =>
  stages.map(stage => stage.map(({ name }) => name));

describe('stagesOf', () => {
  it('puts the foundation first, then all at once whatever is ready', () => {
    const stacks = [stack('b-odd', 'net'), stack('net'), stack('b-even', 'net'), stack('foundation')];
    assert.deepEqual(namesOf(stagesOf(stacks)), [['foundation'], ['net'], ['b-odd', 'b-even']]);
  });

  it('never puts a stack before one that it needs', () => {
    const numbers = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(numbers, needs => {
        const stacks = needs.map((before, at) =>
          stack(`s${at}`, ...before.filter(each => each < at).map(each => `s${each}`), 'foundation'),
        );
        const stages = stagesOf([...stacks, stack('foundation')]);
        const stageOf = new Map(stages.flatMap((stage, at) => stage.map(({ name }) => [name, at] as const)));
        for (const { name, dependencies } of stacks) {
          for (const each of dependencies) assert.ok(Number(stageOf.get(each)) < Number(stageOf.get(name)));
        }
        assert.equal(stageOf.size, stacks.length + 1);
      }),
    );
  });

  it('refuses a circle and names it', () => {
    assert.throws(
      () => stagesOf([stack('foundation'), stack('a', 'b'), stack('b', 'a')]),
      (error: unknown) =>
        isParityError(error, 'internal') && error.message === 'These stacks need each other: a, b',
    );
  });
});

describe('inParallel', () => {
  it('never works at more than so many at once, and does all', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await inParallel([1, 2, 3, 4, 5], 2, async item => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      done.push(item);
    });
    assert.equal(most, 2);
    assert.deepEqual(done.sort(), [1, 2, 3, 4, 5]);
  });

  it('begins nothing after a failure, lets what runs end, and throws it', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (item: number) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 1) throw new TypeError('the first');
      await Promise.resolve();
      ended.push(item);
    };
    await assert.rejects(inParallel([1, 2, 3, 4], 2, work), { message: 'the first' });
    assert.deepEqual([begun, ended], [[1, 2], [2]]);
  });
});
