import { env } from 'node:process';
import { managementApi } from './management-api.ts';
import { rotationHandler } from './rotation-handler.ts';

/** Rotates the secrets of a cluster's broker. */
export const handler = rotationHandler(env, {
  kind: 'broker',
  users: managementApi(env['BROKER_CONSOLE'] ?? ''),
});
