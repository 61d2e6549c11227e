import assert from 'node:assert/strict';
import { isParityError } from '../../../domain/errors.ts';
import type { Row, Rows } from './rows.ts';

/** A row of the load. */
export interface LoadRow extends Row {
  readonly size?: number;
}

/** What became of the writes, in the words of RabbitMQ's own Jepsen suite. */
export interface WriteLoad {
  /** The highest revision that was acknowledged, by key. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Calls that ended in `database_unavailable`. */
  unavailable: number;
  /** Resolves when that many more keys are acknowledged. */
  more(keys: number): Promise<void>;
  /** Ends the load; rejects if a call failed in any other way. */
  stop(): Promise<void>;
}

/** Test only: writers that insert a row and change it, row after row, until they are stopped. */
export function startWriteLoad(rows: Rows<LoadRow>, writers: number): WriteLoad {
  const acknowledged = new Map<string, number>();
  const waiting = new Set<{ keys: number; resolve: () => void }>();
  let isStopped = false;
  const acknowledge = (key: string, revision: number) => {
    acknowledged.set(key, revision);
    for (const one of waiting) if (acknowledged.size >= one.keys) one.resolve();
  };
  const write = async (writer: number) => {
    for (let index = 0; !isStopped; index++) {
      const row: LoadRow = { _id: `${writer}:${index}`, revision: 1 };
      try {
        assert.equal(await rows.insert(row), 'inserted');
        acknowledge(row._id, 1);
        const changed = await rows.change(row, { size: index });
        assert.equal(changed?.revision, 2);
        acknowledge(row._id, 2);
      } catch (error) {
        if (!isParityError(error, 'database_unavailable')) throw error;
        load.unavailable++;
      }
    }
  };
  const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const load: WriteLoad = {
    acknowledged,
    unavailable: 0,
    more: keys => {
      const reached = new Promise<void>(resolve => waiting.add({ keys: acknowledged.size + keys, resolve }));
      return Promise.race([reached, writing.then(() => {})]);
    },
    stop: async () => {
      isStopped = true;
      await writing;
    },
  };
  return load;
}

/** Acknowledged writes that are not there. */
export async function lostWrites(rows: Rows<LoadRow>, load: WriteLoad): Promise<string[]> {
  const lost: string[] = [];
  for (const [key, revision] of load.acknowledged) {
    const row = await rows.read(key);
    if (row === undefined || row.revision < revision) lost.push(key);
  }
  return lost;
}
