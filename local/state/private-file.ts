import { mkdir, open, readFile, rename } from 'node:fs/promises';

/** Makes a folder, and those above it, that only their owner may enter; one that is there stays as it is. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/**
 * Writes a file that only its owner may read, whole or not at all; in place of what was there. What fails is the file
 * system's error, which names the file.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    throw naming(path, error);
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** The text of a private file, which is made first if it is not there. One process at a time may do this. */
export async function keepPrivateFile(path: string, make: () => Promise<string> | string): Promise<string> {
  const kept = await readIfThere(path);
  if (kept !== undefined) return kept;
  const text = await make();
  await writePrivateFile(path, text);
  return text;
}

/** An error that says which of all files it was: of writing and of reading the system names none. */
function naming(path: string, error: unknown): Error {
  return Object.assign(error as NodeJS.ErrnoException, { path });
}

/** The text of a file; undefined when there is none. What fails is the file system's error, which names the file. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw naming(path, error);
  }
}
