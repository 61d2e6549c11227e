import { env } from 'node:process';
import { rotationHandler } from '../rotation-handler.ts';
import { databaseUsers } from './database-users.ts';

/** Rotates the secrets of the database that both clusters share. */
export const handler = rotationHandler(env, {
  kind: 'database',
  users: databaseUsers({
    url: env['DATABASE_URL'] ?? '',
    administrator: env['DATABASE_ADMINISTRATOR'] ?? '',
    rows: env['DATABASE_ROWS'] ?? '',
  }),
});
