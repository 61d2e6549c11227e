import type { DocumentId } from '../../domain/document-id.ts';

/** Folders that spool and vault spread their files over, so that none grows beyond what a directory bears. */
export const shards = 16;

/** The number of the folder that a document's files lie in: its id's last digit, which is random in every id. */
export function shardOf(id: DocumentId): number {
  return Number.parseInt(id.slice(-1), 16);
}

/** The name of a folder. */
export function shardName(shard: number): string {
  return shard.toString(16);
}
