import { MongoClient, type Db, type MongoClientOptions } from 'mongodb';
import { isParityError, ParityError } from '../../../domain/errors.ts';
import type { Clock, Random } from '../ports.ts';
import type { Database } from './database.ts';
import { durableLeasedRows, durableRows, type DurableRowsOptions } from './durable-rows.ts';
import { mongoEngine, type MongoRow } from './mongo-engine.ts';
import { classifyMongoError } from './mongo-errors.ts';
import { createPersist, databaseUnavailable, type Persist, type Retry } from './persist.ts';

/** Where the database is, and how long to wait for it. */
export interface ConnectOptions {
  /** A connection string of the MongoDB wire protocol; what is set here overrides what it says. */
  readonly url: string;
  /** The database's name. */
  readonly name: string;
  readonly clock: Pick<Clock, 'monotonic' | 'delay'>;
  readonly random: Random;
  /** Milliseconds for one call with all its repeats. @default 5000 */
  readonly deadlineMs?: number;
  /** Connections at the most. @default 32 */
  readonly maxConnections?: number;
  /** Hears of every attempt that will be repeated. */
  readonly onRetry?: (retry: Retry) => void;
}

const healthDeadlineMs = 1000;

/** Building an index reads the whole collection. */
const indexDeadlineMs = 600_000;
const indexPauseMs = 5000;

type IndexKey = Record<string, 1 | -1>;

/**
 * The shared database over the MongoDB wire protocol. Nothing is asked of it before the first call, so a service
 * starts while it is away.
 * @throws ParityError `invalid_configuration` when the URL is not a connection string.
 */
export function connectDatabase(options: ConnectOptions): Database {
  const { random, clock, deadlineMs = 5000 } = options;
  const client = createClient(options, deadlineMs);
  const closing = new AbortController();
  const persistWithin = (ms: number) =>
    createPersist({ ...options, deadlineMs: ms, classify: classifyMongoError, closed: closing.signal });
  const persist = persistWithin(deadlineMs);
  const open = () => openDatabase(client, options.name, closing.signal);
  const rowsOptions = (collection: string): DurableRowsOptions => {
    const engine = mongoEngine(async () => (await open()).collection<MongoRow>(collection));
    return { collection, engine, persist, random };
  };
  return {
    rows: collection => durableRows(rowsOptions(collection)),
    leasedRows: collection => durableLeasedRows(rowsOptions(collection)),
    ensureIndexes: (collection, indexes) => {
      const make = async () => makeIndexes(await open(), collection, indexes as readonly IndexKey[]);
      const wait = () => clock.delay(indexPauseMs, closing.signal);
      return untilDone(() => persistWithin(indexDeadlineMs)(`index ${collection}`, make), wait);
    },
    health: () => isAnswering(open, persistWithin(healthDeadlineMs)),
    close: async () => {
      closing.abort();
      await client.close();
    },
  };
}

/**
 * The driver connects by itself only once: when that fails, each later call meets a closed topology for ever. And
 * it would open again what was closed.
 */
async function openDatabase(client: MongoClient, name: string, closed: AbortSignal): Promise<Db> {
  closed.throwIfAborted();
  await client.connect();
  return client.db(name);
}

function createClient({ url, maxConnections = 32 }: ConnectOptions, deadlineMs: number): MongoClient {
  const options: MongoClientOptions = {
    appName: 'parity',
    maxPoolSize: maxConnections,
    serverSelectionTimeoutMS: deadlineMs,
    waitQueueTimeoutMS: deadlineMs,
    connectTimeoutMS: 2000,
    // A dead peer that sends no reset is found by the heartbeat, which then ends what waits for it.
    heartbeatFrequencyMS: 1000,
    readPreference: 'primary',
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', journal: true },
    // Repeating is done in one place, ours; Amazon DocumentDB refuses the driver's way of it.
    retryWrites: false,
    retryReads: false,
    ignoreUndefined: true,
    promoteBuffers: true,
  };
  try {
    return new MongoClient(url, options);
  } catch (cause) {
    throw new ParityError('invalid_configuration', 'The database URL is not a MongoDB connection string.', {
      cause,
    });
  }
}

async function makeIndexes(db: Db, collection: string, indexes: readonly IndexKey[]): Promise<void> {
  if (indexes.length === 0) return;
  await db.collection(collection).createIndexes(indexes.map(key => ({ key })));
}

async function untilDone(make: () => Promise<void>, wait: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await make();
    } catch (error) {
      if (!isParityError(error, 'database_unavailable')) throw error;
      await wait().catch(cause => Promise.reject(databaseUnavailable('closed', cause)));
    }
  }
}

/** A read, not a ping: a gateway in front of the storage may answer pings alone. */
async function isAnswering(open: () => Promise<Db>, persist: Persist): Promise<boolean> {
  try {
    await persist('health', async ({ leftMs }) =>
      (await open()).collection('health').findOne({}, { maxTimeMS: leftMs }),
    );
    return true;
  } catch (error) {
    if (error instanceof ParityError) return false;
    throw error;
  }
}
