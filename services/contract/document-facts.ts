import type { DocumentId } from '../../domain/document-id.ts';
import { isReadable } from '../../domain/document.ts';
import { documentOutcomesOf } from '../storage/document-outcomes.ts';
import { readRow } from '../storage/storing.ts';
import { traceDocument } from '../storage/trace-document.ts';
import { pushOutcomesOf } from '../notification/push-outcomes.ts';
import type { FolderServices } from './folder-services.ts';

/** Plain facts, by which two releases can compare what they see without sharing code. */
export type Facts = Readonly<Record<string, string | number>>;

/** What a release sees of a document, through its own code alone. */
export async function documentFacts(services: FolderServices, id: DocumentId): Promise<Facts> {
  const { storing, notifying } = services;
  const { events, vault, ...traced } = await traceDocument(storing, id);
  const row = await readRow(storing, { document: id, version: 1 });
  const [{ documents }, { pushes }] = [
    await documentOutcomesOf(storing, [id]),
    await pushOutcomesOf(notifying, [id]),
  ];
  const { file, wrappedKey } = row ?? {};
  const content =
    row !== undefined && isReadable(row.state) && file !== undefined && wrappedKey !== undefined
      ? await storing.vault.hash(row, { file, wrappedKey })
      : 'none';
  return {
    ...traced,
    story: events.map(({ what }) => what).join(' '),
    url: vault?.url ?? 'none',
    reason: row?.reason ?? 'none',
    outcome: documents[id] ?? 'none',
    pushed: pushes[id] ?? 'none',
    content,
  };
}

/** The facts that both state and that differ, in words; a fact that one of them does not know is not compared. */
export function differences(stated: Facts, seen: Facts): string[] {
  const known = Object.keys(stated).filter(name => name in seen && seen[name] !== stated[name]);
  return known.map(name => `its ${name} is ${stated[name]}, and is read as ${seen[name]}`);
}
