import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { timedDocumentId } from '../../domain/document-id.ts';
import { documentStates, mayMove } from '../../domain/document.ts';
import { parseRelease } from '../../domain/release.ts';
import { memoryDatabase } from './database/memory-database.ts';
import { documentCollection, documentKey, listKey, moveDocument, type DocumentRow } from './document-row.ts';

const at = new Date('2026-11-22T08:00:00Z');
const document = timedDocumentId({ nowMs: at.getTime(), random: new Uint8Array(10) });

function buildRow(row: Partial<DocumentRow> = {}): DocumentRow {
  return {
    ...{ _id: documentKey({ document, version: 1 }), revision: 1, document, version: 1 },
    ...{ owner: 'driver-1', name: 'a.jpg', mediaType: 'image/jpeg', size: 1, sha256: '0'.repeat(64) },
    ...{ state: 'stored', generation: 0, acceptedRelease: '42', release: parseRelease('42') },
    ...{ acceptedAt: at, listKey: listKey({ document, acceptedAt: at }), events: [] },
    ...row,
  };
}

async function insertRow(row: Partial<DocumentRow> = {}) {
  const rows = memoryDatabase().rows<DocumentRow>(documentCollection);
  const seen = buildRow(row);
  await rows.insert(seen);
  return { rows, seen };
}

describe('moveDocument', () => {
  it('moves where the table allows it, and nowhere else', async () => {
    const state = fc.constantFrom(...documentStates);
    await fc.assert(
      fc.asyncProperty(state, state, async (from, to) => {
        const { rows, seen } = await insertRow({ state: from });
        const moved = await moveDocument(rows, seen, { to, by: 'odd/42', at });
        const now = await rows.read(seen._id);
        assert.equal(moved !== undefined, mayMove(from, to));
        assert.deepEqual(now, moved ?? seen);
        assert.equal(now?.state, mayMove(from, to) ? to : from);
      }),
      { numRuns: 500 },
    );
  });

  it('tells the move in the row’s story, with what changes beside it', async () => {
    const { rows, seen } = await insertRow({ state: 'storing', generation: 1 });
    const set = { file: 'a file', reason: undefined };
    const moved = await moveDocument(rows, seen, {
      to: 'stored',
      by: 'even/42',
      at,
      note: 'stored again',
      set,
    });
    assert.equal(moved?.file, 'a file');
    assert.deepEqual(moved.events, [{ at, state: 'stored', by: 'even/42', note: 'stored again' }]);
  });

  it('refuses whoever looked before somebody else moved it', async () => {
    const { rows, seen } = await insertRow();
    assert.ok(await moveDocument(rows, seen, { to: 'notified', by: 'odd/42', at }));
    assert.equal(await moveDocument(rows, seen, { to: 'corrupt', by: 'even/42', at }), undefined);
    assert.equal((await rows.read(seen._id))?.state, 'notified');
  });

  it('lets exactly one of many win', async () => {
    const { rows, seen } = await insertRow();
    const moves = Array.from({ length: 8 }, (_, n) =>
      moveDocument(rows, seen, { to: 'notified', by: `${n}`, at }),
    );
    const won = (await Promise.all(moves)).filter(moved => moved !== undefined);
    assert.equal(won.length, 1);
  });
});

describe('listKey', () => {
  it('orders by time, and by id where times are equal', () => {
    const later = timedDocumentId({ nowMs: at.getTime() + 1, random: new Uint8Array(10) });
    const keys = [
      listKey({ document: later, acceptedAt: at }),
      listKey({ document, acceptedAt: new Date(at.getTime() + 1) }),
      listKey({ document, acceptedAt: at }),
    ];
    assert.deepEqual(keys.toSorted(), [keys[2], keys[0], keys[1]]);
  });
});
