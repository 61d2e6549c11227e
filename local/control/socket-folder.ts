import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder held open, so that Unix sockets in it have a short name. */
export interface SocketFolder {
  readonly socketPath: string;
  close(): Promise<void>;
}

/**
 * The address of a Unix socket holds 107 bytes (unix(7)) and a checkout may lie deeper than that. Through the open
 * folder's descriptor the address stays short, however long the folder's path.
 */
export async function openSocketFolder(folder: string, name: string): Promise<SocketFolder> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { socketPath: join('/proc/self/fd', String(handle.fd), name), close: () => handle.close() };
}
