import assert from 'node:assert/strict';
import type { Acknowledged, Driver } from './driver.ts';
import { poll, type RunningPair } from './running-pair.ts';

/** Everything acknowledged is stored within this time, also with a cluster dead for good. */
const storedWithinMs = 30_000;
/** A push that a dead process had claimed is taken up when its claim ends. */
const notifiedWithinMs = 60_000;

/** Resolves when all of them are stored, then notified. @throws AssertionError when either takes longer than promised */
export async function untilNotified(
  driver: Pick<Driver, 'list'>,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  await untilAll(driver, acknowledged, { states: ['stored', 'notified'], withinMs: storedWithinMs });
  await untilAll(driver, acknowledged, { states: ['notified'], withinMs: notifiedWithinMs });
}

async function untilAll(
  driver: Pick<Driver, 'list'>,
  acknowledged: readonly Acknowledged[],
  { states, withinMs }: { states: readonly string[]; withinMs: number },
): Promise<void> {
  const waiting = new Set(acknowledged.map(({ id }) => id));
  const look = async () => {
    for (const { id, state } of await driver.list()) if (states.includes(state)) waiting.delete(id);
    return waiting.size === 0;
  };
  await poll(look, withinMs).catch((cause: unknown) => {
    const message = `${waiting.size} documents are not ${states.join(' or ')}, such as ${[...waiting][0]}`;
    throw Object.assign(new assert.AssertionError({ message }), { cause });
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
  }, storedWithinMs);
}
