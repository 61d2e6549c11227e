import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { watchedFile } from './envoy/sources.ts';
import { watchedFolder, type ConfigurationFile } from './render-gateway.ts';

/** The files that a gateway's Envoy watches. */
export interface ConfigurationFolder {
  /** Those that differ from what lies there. */
  changed(files: readonly ConfigurationFile[]): ConfigurationFile[];
  /** Puts them there, each whole. */
  put(files: readonly ConfigurationFile[]): Promise<void>;
  /** Counts them as changed, for it is not known that Envoy works by them. */
  forget(files: readonly ConfigurationFile[]): void;
}

/** The watched folder of the gateway in `folder`; nothing is known of what was there before. */
export function configurationFolder(folder: string): ConfigurationFolder {
  const versions = new Map<string, string>();
  return {
    changed: files => files.filter(({ name, version }) => versions.get(name) !== version),
    put: async files => {
      for (const file of files) {
        await renameInto(folder, file);
        versions.set(file.name, file.version);
      }
    },
    forget: files => files.forEach(({ name }) => versions.delete(name)),
  };
}

/**
 * Envoy notices a rename into the folder and nothing else. No fsync: whoever starts a gateway writes all of it first,
 * so nobody reads these files after a power cut.
 */
async function renameInto(folder: string, { name, text }: ConfigurationFile): Promise<void> {
  const temporary = join(folder, `${name}.new`);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  const place = watchedFile(join(folder, watchedFolder), name);
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  await rename(temporary, place);
}
