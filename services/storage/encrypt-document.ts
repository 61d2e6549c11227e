import type { Manifest } from '../kit/spool/manifest.ts';
import type { Birth } from './birth-of-row.ts';
import { inspectDocument } from './inspect-document.ts';
import { contentUrl, type Storing } from './storing.ts';

/** What a row says of a document's content once that has been looked at. */
export type Content = Pick<
  Birth,
  'state' | 'reason' | 'note' | 'mediaType' | 'file' | 'wrappedKey' | 'encryptedUrl'
>;

/**
 * Looks at a document's bytes in the spool and encrypts them into the vault: the content of its row, which is what
 * makes it count. A file that is not what was accepted is removed again.
 */
export async function encryptDocument(storing: Storing, manifest: Manifest): Promise<Content> {
  const { spool, vault, publicUrl } = storing;
  const found = await inspectDocument(manifest.size, part => spool.slice(manifest.id, part));
  if ('rejected' in found) return { state: 'rejected', reason: found.rejected };
  const { sha256, ...entry } = await vault.write(
    { document: manifest.id, version: 1, owner: manifest.owner },
    { bytes: spool.payload(manifest.id), url: contentUrl(publicUrl, manifest.id) },
  );
  storing.reach('store.encrypted');
  if (sha256 === manifest.sha256) return { state: 'stored', mediaType: found.mediaType, ...entry };
  await vault.remove(entry.file);
  return { state: 'parked', reason: 'spool_corrupt' };
}

/** Whoever lost the race deletes his own file, and only because the row names another. */
export async function removeUnnamed(
  { vault }: Pick<Storing, 'vault'>,
  row: { readonly file?: string },
  file: string | undefined,
): Promise<void> {
  if (file !== undefined && row.file !== file) await vault.remove(file);
}
