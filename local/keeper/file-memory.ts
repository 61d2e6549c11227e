import { dirname } from 'node:path';
import { parseRecord } from '../../domain/record.ts';
import type { KeeperMemory } from '../../release/keeper/keeper-world.ts';
import { makePrivateFolder, readIfThere, writePrivateFile } from '../state/private-file.ts';

/**
 * What a keeper remembers, in a file of its own cluster. One that cannot be read or written is told and done without:
 * users must be taken back also when a disk is full.
 */
export function fileMemory(file: string, tell: (line: string) => void): KeeperMemory {
  const orTell = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      tell(`memory: ${String(error)}`);
      return undefined;
    }
  };
  return {
    load: () =>
      orTell(async () => {
        const text = await readIfThere(file);
        return text === undefined ? undefined : parseRecord(JSON.parse(text));
      }),
    save: async record => {
      await orTell(async () => {
        await makePrivateFolder(dirname(file));
        await writePrivateFile(file, JSON.stringify(record));
      });
    },
  };
}
