import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { ParityError } from '../../domain/errors.ts';
import { sayFileFault } from '../../domain/file-fault.ts';
import { readRunFile } from './run-file.ts';
import { makePrivateFolder } from './private-file.ts';
import type { StatePaths } from './state-paths.ts';

/** A state folder that is ours alone for now. */
export interface HeldState {
  release(): Promise<void>;
}

/**
 * Takes the state folder for this process. The hold is the name of an abstract Unix socket (unix(7)): the kernel gives
 * it to one process only and takes it back when that dies, however it dies, so that nothing stale is left.
 * @throws ParityError `already_running` that names the holder, `file_unavailable` where no such folder can be
 */
export async function holdState(paths: StatePaths): Promise<HeldState> {
  const folder = await takeFolder(paths.root);
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  const server = createServer(socket => socket.destroy()).listen(`\0parity-${name}`);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const run = await readRunFile(paths).catch(() => undefined);
    const process = run === undefined ? 'another process' : `process ${run.pid}`;
    const message = `Parity is already running on ${folder} (${process}): see ./parity status, or end it with Ctrl-C.`;
    throw new ParityError('already_running', message, { cause });
  }
  server.unref();
  return {
    release: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

async function takeFolder(root: string): Promise<string> {
  try {
    await makePrivateFolder(root);
    return await realpath(root);
  } catch (cause) {
    const why = sayFileFault(cause);
    if (why === undefined) throw cause;
    const message = `The state folder ${why} PARITY_STATE=/another/folder npm start keeps the state elsewhere.`;
    throw new ParityError('file_unavailable', message, { cause });
  }
}
