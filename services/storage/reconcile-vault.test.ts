import assert from 'node:assert/strict';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { NamedPaper, Reconciled } from '../../domain/reconciled.ts';
import { shardName, shardOf } from '../kit/shard.ts';
import { reconcileVault } from './reconcile-vault.ts';
import { storeDocument } from './store-document.ts';
import type { Storing } from './storing.ts';
import { storingWorld } from './storing-world.ts';

const who = 'ada';

/** Page after page, added up. */
async function allPages(storing: Storing, since: string) {
  const total = {
    looked: 0,
    lost: [] as NamedPaper[],
    found: [] as NamedPaper[],
    withoutRow: [] as string[],
  };
  for (let after: string | null = null; ;) {
    const { looked, lost, found, withoutRow, next }: Reconciled = await reconcileVault(storing, {
      since,
      after,
      who,
    });
    total.looked += looked;
    total.lost.push(...lost);
    total.found.push(...found);
    total.withoutRow.push(...withoutRow);
    if (next === undefined) return total;
    after = next;
  }
}

/** A world in which three papers are stored: `whole`, `gone` and `torn`; the last two only until `lose`. */
async function threePapers(test: TestContext) {
  const world = await storingWorld(test);
  const storing = world.process();
  const store = async (key: string) => {
    const message = await world.accept({ key, name: `${key}.jpg`, text: key });
    await storeDocument(storing, message, 1);
    return message.document;
  };
  const [whole, gone, torn] = [await store('whole'), await store('gone'), await store('torn')] as const;
  const pathOf = async (document: typeof whole) => {
    const file = (await world.row(document))?.file ?? '';
    return join(world.paths.vault, shardName(shardOf(document)), file);
  };
  const lose = async () => {
    await rm(await pathOf(gone));
    await truncate(await pathOf(torn), 100);
  };
  const reconcile = (since = new Date(0)) => allPages(storing, since.toISOString());
  return { ...world, storing, whole, gone, torn, lose, reconcile };
}

describe('reconcileVault', () => {
  it('finds nothing to say when vault and rows agree', async test => {
    const { reconcile } = await threePapers(test);
    assert.deepEqual(await reconcile(), { looked: 3, lost: [], found: [], withoutRow: [] });
  });

  it('says which papers are lost, in their rows and by name, and raises an alarm for each', async test => {
    const { reconcile, lose, row, whole, gone, torn, errors } = await threePapers(test);
    await lose();
    const { lost } = await reconcile();
    assert.deepEqual(lost.map(({ name }) => name).sort(), ['gone.jpg', 'torn.jpg']);
    for (const document of [gone, torn]) {
      const told = await row(document);
      assert.deepEqual([told?.state, told?.reason], ['lost', 'vault_file_missing']);
      assert.equal(told?.events.at(-1)?.by, who);
    }
    assert.equal((await row(whole))?.state, 'stored');
    assert.deepEqual(
      errors.map(({ alarm }) => alarm),
      ['document_lost', 'document_lost'],
    );
  });

  it('changes nothing when it is run again', async test => {
    const { reconcile, lose, row, gone } = await threePapers(test);
    await lose();
    await reconcile();
    const before = await row(gone);
    assert.deepEqual(await reconcile(), { looked: 3, lost: [], found: [], withoutRow: [] });
    assert.deepEqual(await row(gone), before);
  });

  it('lets a lost paper be stored when its owner’s app sends it again with its key', async test => {
    const { reconcile, lose, storing, accept, row, spooled, gone } = await threePapers(test);
    await lose();
    assert.equal(await spooled(gone), 'receipt: stored');
    await reconcile();
    assert.equal(await spooled(gone), 'none');
    await storeDocument(storing, await accept({ key: 'gone', name: 'gone.jpg', text: 'gone' }), 1);
    const again = await row(gone);
    assert.deepEqual([again?.state, again?.reason, again?.generation], ['stored', undefined, 1]);
    assert.deepEqual((await reconcile()).lost, []);
  });

  it('takes its word back when a file has come back from a backup', async test => {
    const { reconcile, row, gone, paths, vault } = await threePapers(test);
    const at = { document: gone, version: 1, owner: 'driver-1' };
    const stored = await row(gone);
    const path = join(paths.vault, shardName(shardOf(gone)), stored?.file ?? '');
    const kept = await readFile(path);
    await rm(path);
    assert.equal((await reconcile()).lost.length, 1);
    await writeFile(path, kept);
    assert.deepEqual(
      (await reconcile()).found.map(({ id }) => id),
      [gone],
    );
    const { state, reason, file = '', wrappedKey = '' } = (await row(gone)) ?? {};
    assert.deepEqual([state, reason], ['stored', undefined]);
    assert.equal(await vault.hash(at, { file, wrappedKey }), stored?.sha256);
  });

  it('names vault files whose row did not arrive', async test => {
    const { reconcile, documents, row, gone } = await threePapers(test);
    const born = await row(gone);
    assert.ok(born !== undefined && (await documents.remove(born)));
    const { looked, withoutRow } = await reconcile();
    assert.deepEqual([looked, withoutRow], [2, [gone]]);
  });

  it('leaves alone what was stored before replication can have missed it', async test => {
    const { reconcile, lose, clock, row, gone } = await threePapers(test);
    await lose();
    const later = new Date(clock.now() + 60_000);
    assert.deepEqual(await reconcile(later), { looked: 0, lost: [], found: [], withoutRow: [] });
    assert.equal((await row(gone))?.state, 'stored');
  });

  it('refuses to look at everything that was ever stored without being told to', async test => {
    const { storing } = await threePapers(test);
    for (const since of [null, 'yesterday'])
      await assert.rejects(reconcileVault(storing, { since, after: null, who }), {
        code: 'invalid_request',
        message: 'Say since when papers may be lost, such as since=2026-11-27T02:00:00Z.',
      });
  });
});
