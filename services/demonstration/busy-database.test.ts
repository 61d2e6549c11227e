import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DocumentRow } from '../kit/document-row.ts';
import { manualClock } from '../kit/manual-clock.ts';
import { busyDatabase } from './busy-database.ts';

/** Documents that count who asks for them, and answer when they are told to. */
function countingDocuments() {
  const waiting: (() => void)[] = [];
  let asked = 0;
  return {
    asked: () => asked,
    answerAll: async () => {
      for (const answer of waiting.splice(0)) answer();
      await nextTurn();
    },
    find: () => {
      asked += 1;
      return new Promise<DocumentRow[]>(resolve => waiting.push(() => resolve([])));
    },
  };
}

describe('busyDatabase', () => {
  it('asks nothing before it is pressed, then many things at once, again and again, and stops by itself', async () => {
    const clock = manualClock();
    const documents = countingDocuments();
    const busy = busyDatabase(documents, clock);
    assert.equal(documents.asked(), 0);
    busy.press();
    busy.press();
    assert.equal(documents.asked(), 64);
    await documents.answerAll();
    assert.equal(documents.asked(), 128);
    clock.advance(2_000);
    await documents.answerAll();
    assert.equal(documents.asked(), 128);
    busy.press();
    assert.equal(documents.asked(), 192);
  });

  it('asks nothing any more once it is stopped', async () => {
    const documents = countingDocuments();
    const busy = busyDatabase(documents, manualClock());
    busy.press();
    const stopped = busy.stop();
    await documents.answerAll();
    await stopped;
    busy.press();
    assert.equal(documents.asked(), 64);
  });
});
