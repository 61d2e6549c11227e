import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { DocumentId } from '../../domain/document-id.ts';
import { storingWorld, sweepTimes, type StoringWorld } from './storing-world.ts';

/** Leaves a document as a process does that died while it removed its file. */
async function leaveLeaving({ paths }: StoringWorld, document: DocumentId): Promise<void> {
  const path = join(paths.spool, 'documents', document.slice(-1), document);
  await rename(path, `${path}.leaving.0f`);
}

describe('sweepSpoolFolder', () => {
  it('does not wait for a clock that was an hour ahead (failures.md 56)', async test => {
    const world = await storingWorld(test);
    const acceptedAt = new Date(world.clock.now() + 3_600_000).toISOString();
    await world.accept({ manifest: { acceptedAt } });
    world.brokers.inject('odd', 'document.accepted', { payload: Buffer.from('an older one') });
    world.clock.advance(sweepTimes.afterMs + 60_000);
    const sweeper = world.sweeperOf({}, () => world.clock.now());
    assert.equal((await sweeper.round())?.republished, 1);
  });

  it('gives a document its name back that somebody died over, and has it stored', async test => {
    const world = await storingWorld(test);
    const { document } = await world.accept();
    await leaveLeaving(world, document);
    world.clock.advance(sweepTimes.afterMs + 60_000);
    const sweeper = world.sweeperOf();
    await sweeper.round();
    await sweeper.round();
    assert.deepEqual(
      world.republished().map(message => message.document),
      [document],
    );
  });

  it('passes by what cannot get its name back', async test => {
    const world = await storingWorld(test);
    const { document } = await world.accept();
    await leaveLeaving(world, document);
    const behind = await world.accept();
    world.clock.advance(sweepTimes.afterMs + 60_000);
    world.files.disturb('link', { kind: 'fails', code: 'EIO' });
    assert.equal((await world.sweeperOf().round())?.republished, 1);
    assert.equal(world.republished()[0]?.document, behind.document);
  });

  it('raises an alarm for what cannot be read for ever, and not in every round', async test => {
    const world = await storingWorld(test);
    const { document } = await world.accept();
    world.clock.advance(sweepTimes.afterMs + 60_000);
    world.files.disturb('read', { kind: 'fails', code: 'EIO' });
    const sweeper = world.sweeperOf();
    for (let minute = 0; minute < 10; minute += 1) {
      await sweeper.round();
      await sweeper.round();
      world.clock.advance(60_000);
    }
    const alarms = world.errors.filter(({ alarm }) => alarm === 'spool_unreadable');
    assert.deepEqual(
      alarms.map(fields => fields['document']),
      Array(5).fill(document),
    );
  });
});
