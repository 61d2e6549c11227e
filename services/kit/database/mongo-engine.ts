import type { Collection, Document, PushOperator, UpdateFilter } from 'mongodb';
import { isDuplicateKey } from './mongo-errors.ts';
import { keptWrites, type AttemptOptions, type RowEngine, type Update } from './row-engine.ts';

/** A row as the driver's types want it. */
export interface MongoRow extends Document {
  _id: string;
  revision: number;
}

/** Rows per answer of a long find: about a megabyte of ours. */
const batchSize = 1000;

/** A collection of the MongoDB wire protocol, one attempt at a time; `open` connects if need be. */
export function mongoEngine(open: () => Promise<Collection<MongoRow>>): RowEngine {
  return {
    insert: async row => {
      const rows = await open();
      try {
        await rows.insertOne({ ...row });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    read: async (id, options) => (await (await open()).findOne({ _id: id }, bounded(options))) ?? undefined,
    update: async ({ _id, revision }, update) => changed(await open(), { _id, revision }, changes(update)),
    stamp: async id => changed(await open(), { _id: id }, { $currentDate: { _askedAt: true } }),
    find: async ({ where, sort = {}, limit }, options) => {
      const order = sort as Record<string, 1 | -1>;
      const rows = await open();
      return rows.find(where, { ...bounded(options), sort: order, limit, batchSize }).toArray();
    },
    count: async (where, options) => (await open()).countDocuments(where, bounded(options)),
    remove: async ({ _id, revision }) =>
      (await (await open()).deleteOne({ _id, revision })).deletedCount === 1,
  };
}

async function changed(
  rows: Collection<MongoRow>,
  seen: { _id: string; revision?: number },
  update: UpdateFilter<Document>,
): Promise<MongoRow | undefined> {
  return (await rows.findOneAndUpdate(seen, update, { returnDocument: 'after' })) ?? undefined;
}

/** Only reads are bounded at the server. A write may go on when nobody waits: its repeat, or a reader, finds it. */
function bounded({ leftMs }: AttemptOptions): { maxTimeMS: number } {
  return { maxTimeMS: leftMs };
}

function changes({ set, unset, nonce }: Update): UpdateFilter<Document> {
  return {
    ...(Object.keys(set).length > 0 && { $set: set }),
    ...(unset.length > 0 && { $unset: Object.fromEntries(unset.map(field => [field, ''])) }),
    $inc: { revision: 1 },
    $push: { _writes: { $each: [nonce], $slice: -keptWrites } } as unknown as PushOperator<Document>,
  };
}
