import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { DocumentId } from '../../domain/document-id.ts';
import { storeDocument } from './store-document.ts';
import { storingWorld, type StoringWorld } from './storing-world.ts';

const done = { verdict: 'done' } as const;

/** Leaves of a document's spool file what a disk may leave of it. */
function damage({ paths }: StoringWorld, document: DocumentId): Promise<void> {
  return writeFile(join(paths.spool, 'documents', document.slice(-1), document), 'torn');
}

describe('storeDocument, of a spool file that cannot even be read', () => {
  it('parks the document', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await damage(world, message.document);
    assert.deepEqual(await storeDocument(world.process(), message, 0), done);
    const row = await world.row(message.document);
    assert.deepEqual([row?.state, row?.reason], ['parked', 'spool_corrupt']);
    assert.deepEqual(world.errors, [{ document: message.document, alarm: 'spool_corrupt' }]);
  });

  it('raises the alarm beside a row too, for the bytes may have been another document’s', async test => {
    const world = await storingWorld(test);
    const message = await world.accept();
    await storeDocument(world.process({ role: () => undefined }), message, 0);
    const row = await world.row(message.document);
    await damage(world, message.document);
    assert.deepEqual(await storeDocument(world.process(), message, 0), done);
    assert.deepEqual(world.errors, [{ document: message.document, alarm: 'spool_corrupt' }]);
    assert.deepEqual(await world.row(message.document), row);
  });
});
