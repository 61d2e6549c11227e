import { MongoClient, MongoError, type Db } from 'mongodb';
import { isParityError, ParityError } from '../../../domain/errors.ts';
import type { Credentials, ServerRole, ServerUsers } from '../ports.ts';

/** Of finding the database, of a connection, and of an answer; it stands in the same network. */
const answerWithinMs = 5_000;

const patience = {
  serverSelectionTimeoutMS: answerWithinMs,
  connectTimeoutMS: answerWithinMs,
  socketTimeoutMS: answerWithinMs,
  maxPoolSize: 1,
};

/** MongoDB's own numbers for a wrong password and a missing right. */
const authenticationFailed = 18;
const unauthorized = 13;

/** A database, and who administers it. */
export interface AdministeredDatabase {
  /** A connection string without anybody's name in it. */
  readonly url: string;
  /** Amazon DocumentDB's primary user: nobody takes his role away (Developer Guide, "Managing users"). */
  readonly administrator: string;
  /** Where services have their rows: they may read, write and make indexes there, and nothing elsewhere. */
  readonly rows: string;
}

/** The users of a database that speaks MongoDB's protocol. A role is given with the user's birth and never changes. */
export function databaseUsers({ url, administrator, rows }: AdministeredDatabase): ServerUsers {
  const roles: Readonly<Record<ServerRole, { readonly role: string; readonly db: string }>> = {
    administrator: { role: 'root', db: 'admin' },
    service: { role: 'readWrite', db: rows },
  };
  return {
    put: (as, { username, password }, role) =>
      asUser(url, as, async admin => {
        const { users = [] } = (await admin.command({ usersInfo: username })) as {
          users?: readonly unknown[];
        };
        await admin.command(
          users.length > 0
            ? { updateUser: username, pwd: password }
            : { createUser: username, pwd: password, roles: [roles[role]] },
        );
      }),
    roleOf: async credentials => {
      const opens = await asUser(url, credentials, async admin => {
        await admin.command({ ping: 1 });
        return true;
      }).catch((error: unknown) => {
        if (isParityError(error, 'forbidden')) return false;
        throw error;
      });
      if (!opens) return undefined;
      return credentials.username === administrator ? 'administrator' : 'service';
    },
  };
}

async function asUser<T>(url: string, as: Credentials, work: (admin: Db) => Promise<T>): Promise<T> {
  const client = new MongoClient(url, { ...patience, auth: as, authSource: 'admin' });
  try {
    await client.connect();
    return await work(client.db('admin'));
  } catch (error) {
    throw asOurs(error, as);
  } finally {
    await client.close();
  }
}

function asOurs(error: unknown, { username }: Credentials): unknown {
  if (!(error instanceof MongoError)) return error;
  const { code, message } = error;
  return code === authenticationFailed || code === unauthorized
    ? new ParityError('forbidden', `The database refuses ${username}: ${message}`, { cause: error })
    : new ParityError('database_unavailable', `The database does not do it (${message}); try again.`, {
        cause: error,
      });
}
