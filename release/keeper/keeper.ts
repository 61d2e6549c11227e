import { isParityError } from '../../domain/errors.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { Judgement } from '../gates/verdict.ts';
import type { KeeperReport, RecordStore } from '../ports.ts';
import type { KeeperWorld } from './keeper-world.ts';
import { keptRoutes } from './kept-routes.ts';
import { useItsPower } from './use-its-power.ts';

/** One cluster's keeper (design.md §1.5). */
export interface Keeper {
  /**
   * Renders what it knows, as of now, and reads it back. Comes again by a poll of its own: what nobody judges any more
   * must end in time also while it waits for a slow store.
   */
  render(): Promise<void>;
  /**
   * Reads the newest record, renders it and reads it back. Comes again by poll, or when nudged; whoever asks while one
   * reads shares the next reading, and nobody waits for a gateway that is still taking over what was before.
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
  let judgement: Judgement | undefined;
  const routes = keptRoutes(gateway, clock);

  const render = async () => {
    if (known !== undefined) await routes.render(known);
  };

  const read = oneAfterTheOther(async () => {
    known ??= await memory.load();
    const newest = await readNewest(store);
    storeAnswers = newest !== undefined;
    if (newest !== undefined && newest.version > (known?.version ?? 0)) {
      await memory.save(newest);
      known = newest;
    }
  });

  const follow = async () => {
    await read();
    await render();
  };

  const judge = oneAfterTheOther(async () => {
    if (known === undefined || !storeAnswers) return;
    const lapsed = routes.rendered()?.lapsed === true;
    judgement = await useItsPower(world, known, lapsed);
    if (lapsed || judgement?.verdict === 'worse') await follow();
  });

  return {
    render,
    follow,
    judge,
    report: () => {
      const now = routes.rendered();
      if (now === undefined) return undefined;
      const { recordVersion, routing } = now;
      return { recordVersion, rendered: routing, readBack: routes.readBack(), judgement };
    },
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
