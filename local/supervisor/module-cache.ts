import { join } from 'node:path';

/**
 * Where Node keeps the compiled modules of a checkout (`enableCompileCache` of node:module): half of the time that a
 * process takes to start is their reading. A folder of packages is written by nobody else.
 */
export function moduleCacheOf(checkout: string): string {
  return join(checkout, 'node_modules', '.cache', 'parity-modules');
}
