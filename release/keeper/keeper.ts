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
   * Reads the newest record, renders it and reads it back. Comes again by poll, or when nudged; whoever asks while one
   * is under way shares the next.
   */
  follow(): Promise<void>;
  /** Judges what it knows, and uses its one power if need be. It may last: nothing that is followed waits for it. */
  judge(): Promise<void>;
  /** Undefined before it has met a record. */
  report(): KeeperReport | undefined;
  /** The newest record that it knows; what services are told follows from it. */
  record(): ReleaseRecord | undefined;
}

/** A keeper at its start: it knows nothing, and the gateway routes as it did. */
export function createKeeper(world: KeeperWorld): Keeper {
  const { store, gateway, clock, memory } = world;
  let known: ReleaseRecord | undefined;
  let storeAnswers = false;
  let rendered: Rendered | undefined;
  let readBack = false;
  let judgement: Judgement | undefined;

  const renderKnown = async (record: ReleaseRecord) => {
    // What an earlier life of ours rendered as lapsed stays so.
    const before = rendered ?? (await gateway.readBack().catch(() => []))[0];
    const next = renderAt(record, clock.now(), before);
    if (rendered === undefined || !isSame(next, rendered)) {
      readBack = false;
      await gateway.apply(next);
      rendered = next;
    }
    const replicas = await gateway.readBack();
    readBack = replicas.length > 0 && replicas.every(replica => isSame(replica, next));
  };

  const follow = oneAfterTheOther(async () => {
    known ??= await memory.load();
    const read = await readNewest(store);
    storeAnswers = read !== undefined;
    if (read !== undefined && read.version > (known?.version ?? 0)) {
      await memory.save(read);
      known = read;
    }
    if (known !== undefined) await renderKnown(known);
  });

  const judge = oneAfterTheOther(async () => {
    if (known === undefined || !storeAnswers) return;
    const lapsed = rendered?.lapsed === true;
    judgement = await useItsPower(world, known, lapsed);
    if (lapsed || judgement?.verdict === 'worse') await follow();
  });

  return {
    follow,
    judge,
    report: () =>
      rendered && { recordVersion: rendered.recordVersion, rendered: rendered.routing, readBack, judgement },
    record: () => known,
  };
}

/** Whoever asks while the work is under way gets the next turn, which begins after that: it sees what he has done. */
function oneAfterTheOther(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    if (next !== undefined) return next;
    const turn = last.then(() => {
      next = undefined;
      return work();
    });
    last = turn.catch(() => {});
    next = turn;
    return turn;
  };
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
