import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keeperAnswer, keeperAnswerSchema } from './keeper-answer.ts';
import { settle, takeBack } from './record-changes.ts';
import { recordIn, recordTime } from './record-in.ts';

describe('keeperAnswer', () => {
  it('names every release that the record names', () => {
    assert.deepEqual(keeperAnswer(recordIn('deployed')).roles, { 41: 'live', 42: 'candidate' });
    assert.deepEqual(keeperAnswer(recordIn('baking')).roles, { 41: 'retiring', 42: 'live' });
  });

  it('calls the live release proven, but for a bake: until it settles it may be taken back', () => {
    const { nowMs } = recordTime;
    const baking = recordIn('baking');
    const proven = [
      recordIn('settled'),
      recordIn('shifted'),
      baking,
      settle(baking, { nowMs }),
      takeBack(baking),
    ].map(record => keeperAnswer(record).proven);
    assert.deepEqual(proven, ['41', '41', '41', '42', '41']);
  });

  it('is read as it was told', () => {
    const answer = keeperAnswer(recordIn('baking'));
    assert.deepEqual(keeperAnswerSchema.parse(JSON.parse(JSON.stringify(answer))), answer);
  });
});
