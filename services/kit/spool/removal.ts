import { dirname } from 'node:path';
import { isDocumentId, type DocumentId } from '../../../domain/document-id.ts';
import { fileErrorCode, type FileSystem } from '../file-system.ts';
import type { Random } from '../ports.ts';
import { orDamaged, type Lying } from './lying.ts';
import type { Manifest } from './manifest.ts';
import { spoolErrors } from './spool-errors.ts';

/** Between the name that a leaving file had and what makes its own unique. */
const leavingMark = '.leaving.';

/** A file that somebody began to remove, and died over or still works at. */
export interface LeavingFile {
  readonly id: DocumentId;
  readonly path: string;
}

/** How files leave the spool. */
export interface Removal {
  /** Removes the file of a document if it is the one meant; what came under its name meanwhile stays. */
  remove(id: DocumentId, isMeant: (lying: Lying) => boolean): Promise<void>;
  /** Gives a leaving file its name back; false while the name belongs to another document. Safe at any time. */
  putBack(file: LeavingFile): Promise<boolean>;
}

/** What a removal works with. */
export interface RemovalOptions {
  readonly files: FileSystem;
  readonly random: Random;
  readonly pathOf: (id: DocumentId) => string;
  readonly findAt: (path: string, id: DocumentId) => Promise<Manifest | undefined>;
}

/** The document that the name of a leaving file is of; undefined for all other names. */
export function leavingOf(name: string): DocumentId | undefined {
  const [id = '', mark] = name.split(leavingMark);
  return mark !== undefined && isDocumentId(id) ? id : undefined;
}

/**
 * A file loses its name first and is looked at once more then, so that what is removed is what was looked at: between a
 * look at a name and its removal a process may sleep for as long as the name needs to get another file
 * (docs/decisions/0077). What is not meant gets its name back.
 */
export function removal({ files, random, pathOf, findAt }: RemovalOptions): Removal {
  const look = (path: string, id: DocumentId) => orDamaged(findAt(path, id));
  const putBack = async ({ id, path }: LeavingFile): Promise<boolean> => {
    const name = pathOf(id);
    try {
      await files.link(path, name);
    } catch (error) {
      // Another process was faster, and gave it back or removed it.
      if (fileErrorCode(error) === 'ENOENT') return true;
      if (fileErrorCode(error) !== 'EEXIST') throw error;
      if (!isCoveredBy(await look(path, id), await look(name, id))) return false;
    }
    await files.syncFolder(dirname(name));
    await files.remove(path);
    return true;
  };
  const remove = async (id: DocumentId, isMeant: (lying: Lying) => boolean): Promise<void> => {
    const name = pathOf(id);
    const named = await look(name, id);
    if (named === undefined || !isMeant(named)) return;
    // In the same folder, under a name that no other removal ever has.
    const path = `${name}${leavingMark}${random.bytes(16).toString('hex')}`;
    try {
      await files.rename(name, path);
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return;
      throw error;
    }
    const lying = await look(path, id);
    if (lying !== undefined && isMeant(lying)) return files.remove(path);
    await putBack({ id, path });
  };
  return {
    remove: (id, isMeant) => spoolErrors(() => remove(id, isMeant)),
    putBack: file => spoolErrors(() => putBack(file)),
  };
}

/** A receipt is less than what came after it; a document is no more than another of the same bytes. */
function isCoveredBy(left: Lying | undefined, named: Lying | undefined): boolean {
  if (left === undefined) return true;
  if (left === 'damaged' || named === undefined || named === 'damaged') return false;
  return left.settled !== undefined || left.sha256 === named.sha256;
}
