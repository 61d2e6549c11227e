import assert from 'node:assert/strict';
import type { Acknowledged, Driver } from './driver.ts';
import { poll, type RunningPair } from './running-pair.ts';

/** Everything acknowledged is stored and told within this time, also with a cluster dead for good. */
const settledWithinMs = 30_000;

/** Resolves when all of them are notified. @throws Error when that takes longer than promised */
export async function untilNotified(driver: Driver, acknowledged: readonly Acknowledged[]): Promise<void> {
  const waiting = new Set(acknowledged.map(({ id }) => id));
  await poll(async () => {
    for (const { id, state } of await driver.list()) if (state === 'notified') waiting.delete(id);
    return waiting.size === 0;
  }, settledWithinMs).catch((cause: unknown) => {
    throw new Error(`${waiting.size} documents are not notified, such as ${[...waiting][0]}`, { cause });
  });
}

/** Lost 0, shown twice 0: one row and one vault file each, the bytes as sent, one push shown, its link opens them. */
export async function assertWhole(
  pair: RunningPair,
  driver: Driver,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  const listed = new Map((await driver.list()).map(row => [row.id, row]));
  const shown = Map.groupBy(await pair.phone(driver.installation), push => push.document);
  for (const { id, sample } of acknowledged) {
    const what = `${sample.name} (${sample.bytes.length} bytes, ${id})`;
    assert.equal(listed.get(id)?.sha256, sample.sha256, `${what} has its row`);
    assert.equal(
      await driver.hashOf(`${pair.url}/v1/documents/${id}/content`),
      sample.sha256,
      `${what} is served`,
    );
    const pushes = shown.get(id) ?? [];
    assert.equal(pushes.length, 1, `${what} is shown once`);
    const link = pushes[0]?.link ?? '';
    assert.equal(
      await driver.hashOf(link, { withToken: false }),
      sample.sha256,
      `${what}: its link opens it`,
    );
  }
  const ids = acknowledged.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  await poll(async () => {
    const files = await Promise.all(ids.map(id => pair.vaultFiles(id)));
    return files.every(found => found.length === 1);
  }, settledWithinMs);
}
