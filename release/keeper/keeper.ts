import { isParityError } from '../../domain/errors.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { Judgement } from '../gates/verdict.ts';
import type { KeeperReport, RecordStore } from '../ports.ts';
import type { KeeperWorld } from './keeper-world.ts';
import { renderAt, type Rendered } from './render.ts';
import { useItsPower } from './use-its-power.ts';

/** One cluster's keeper (design.md §1.5). */
export interface Keeper {
  /**
   * Renders what it knows, as of now, and reads it back. Comes again by a poll of its own: what nobody judges any more
   * must end in time also while a round waits for a slow store.
   */
  render(): Promise<void>;
  /** One round: read, render, read back, and use its one power if need be. Comes again by poll, or when nudged. */
  round(): Promise<void>;
  /** Undefined before it has met a record. */
  report(): KeeperReport | undefined;
  /** The newest record that it knows; what services are told follows from it. */
  record(): ReleaseRecord | undefined;
}

/** A keeper at its start: it knows nothing, and the gateway routes as it did. */
export function createKeeper(world: KeeperWorld): Keeper {
  const { store, gateway, clock, memory } = world;
  let known: ReleaseRecord | undefined;
  let rendered: Rendered | undefined;
  let readBack = false;
  let judgement: Judgement | undefined;
  let judgedAtMs = -Infinity;

  const renderKnown = async (record: ReleaseRecord) => {
    const next = renderAt(record, clock.now(), rendered);
    if (rendered === undefined || !isSame(next, rendered)) {
      readBack = false;
      await gateway.apply(next);
      rendered = next;
    }
    const replicas = await gateway.readBack();
    readBack = replicas.length > 0 && replicas.every(replica => isSame(replica, next));
  };

  const render = inTurn(async () => {
    if (known !== undefined) await renderKnown(known);
  });
  const round = inTurn(async () => {
    known ??= await memory.load();
    const read = await readNewest(store);
    if (read !== undefined && read.version > (known?.version ?? 0)) {
      await memory.save(read);
      known = read;
    }
    await render();
    if (known === undefined) return;
    const due = clock.monotonic() - judgedAtMs >= world.policy.gateIntervalMs;
    if (read === undefined || !due) return;
    judgedAtMs = clock.monotonic();
    judgement = await useItsPower(world, known, rendered?.lapsed === true);
  });

  return {
    render,
    round,
    report: () =>
      rendered && { recordVersion: rendered.recordVersion, rendered: rendered.routing, readBack, judgement },
    record: () => known,
  };
}

/** One after the other: a nudge may come in the middle of a poll. */
function inTurn(work: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  return () => (last = last.catch(() => {}).then(work));
}

/** A store that is away, or holds nonsense for the moment, changes nothing about what was true. */
async function readNewest(store: RecordStore): Promise<ReleaseRecord | undefined> {
  try {
    return await store.read();
  } catch (error) {
    if (isParityError(error)) return undefined;
    throw error;
  }
}

function isSame(a: Rendered, b: Rendered): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
