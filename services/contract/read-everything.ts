import { parseDocumentId, type DocumentId } from '../../domain/document-id.ts';
import { ParityError } from '../../domain/errors.ts';
import { readMessage, type Message } from '../../domain/messages.ts';
import type { Release } from '../../domain/release.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import type { StrayRow } from '../kit/stray.ts';
import type { DeviceRow, LedgerRow } from '../notification/ledger.ts';
import { notifyOwner } from '../notification/notify-owner.ts';
import { acceptDocument } from '../processor/accept-document.ts';
import { openLink } from '../storage/open-link.ts';
import { listParked } from '../storage/parked.ts';
import { replayDocument } from '../storage/replay-document.ts';
import { storeDocument } from '../storage/store-document.ts';
import { derivedNames } from './derived-names.ts';
import { differences, documentFacts } from './document-facts.ts';
import { servicesOver, type FolderServices } from './folder-services.ts';
import { readLeftBehind, type LeftBehind } from './left-behind.ts';
import { uploadOf } from './write-everything.ts';

/** Something that this release cannot go on with, and why. */
export interface Fault {
  readonly what: string;
  readonly why: string;
}

type Left = LeftBehind['documents'][string];

/**
 * Reads everything that a release left in `folder`, and goes on with it: sees each document as its writer did, takes its
 * messages, is sent it again, opens its link. What it cannot is told, each by name.
 */
export async function readEverything(folder: string, release: Release): Promise<Fault[]> {
  const faults: Fault[] = [];
  const look = async (what: string, read: () => Promise<readonly string[]>) => {
    try {
      for (const why of await read()) faults.push({ what, why });
    } catch (error) {
      faults.push({ what, why: error instanceof Error ? error.message : String(error) });
    }
  };
  const left = await readLeftBehind(folder);
  const services = await servicesOver(folder, release);
  await look('rows', () => loadRows(services, left));
  await look('names', async () => differences(left.names.facts, derivedNames(left.names.sources)));
  await look('link', () => linkOpens(services, left));
  await look('strays', () => straysAreListed(services, left));
  const documents = Object.entries(left.documents);
  for (const [name, document] of documents) await look(`document ${name}`, () => isSeen(services, document));
  for (const [name, document] of documents)
    await look(`repeat of ${name}`, () => isRepeated(services, document));
  for (const [name, document] of documents)
    await look(`messages of ${name}`, () => isTaken(services, document));
  await look('replay of parked', () => isReplayed(services, left));
  return faults;
}

async function loadRows({ storing, notifying }: FolderServices, { rows }: LeftBehind): Promise<string[]> {
  // What a neighbour's rows are is for our code to find out, as it does with those of a database.
  const inserts: Readonly<Record<string, (row: unknown) => Promise<unknown>>> = {
    documents: row => storing.documents.insert(row as DocumentRow),
    strays: row => storing.strays.insert(row as StrayRow),
    devices: row => notifying.devices.insert(row as DeviceRow),
    ledger: row => notifying.ledger.insert(row as LedgerRow),
  };
  const foreign = Object.keys(rows).filter(name => !(name in inserts));
  for (const [name, insert] of Object.entries(inserts)) {
    for (const row of rows[name] ?? []) await insert(row);
  }
  return foreign.map(name => `rows of a kind that this release does not know: ${name}`);
}

async function isSeen(services: FolderServices, { id, facts }: Left): Promise<string[]> {
  return differences(facts, await documentFacts(services, parseDocumentId(id)));
}

/** The same upload, sent again to this release, is the same document. */
async function isRepeated({ accepting }: FolderServices, left: Left): Promise<string[]> {
  const upload = uploadOf({ ...left, bytes: Buffer.from(left.bytes, 'base64') });
  const { id } = await acceptDocument(accepting, upload);
  return id === left.id ? [] : [`it became another document, ${id}`];
}

/** Every message is read and worked on; afterwards the document is as far as it can come, and nobody was told twice. */
async function isTaken(services: FolderServices, { id, owner, facts, messages }: Left): Promise<string[]> {
  const { storing, notifying, phones } = services;
  for (const payload of messages) {
    const message = messageIn(payload);
    const verdict =
      message.kind === 'document.accepted'
        ? await storeDocument(storing, message, 0)
        : await notifyOwner(notifying, message);
    if (verdict.verdict !== 'done') return [`working on ${message.kind} ends with: ${verdict.reason}`];
  }
  const after = await documentFacts(services, parseDocumentId(id));
  const pushed = phones.received({ kind: 'token', value: `phone of ${owner}` }).length;
  return [
    ...(pushed > (facts['pushed'] === 'pending' ? 1 : 0) ? ['its owner is told again'] : []),
    ...(advances(facts['outcome'], after['outcome'])
      ? []
      : [`from ${facts['outcome']} it came to ${after['outcome']}`]),
    ...(after['content'] === 'none' || after['content'] === after['sha256']
      ? []
      : ['it has other bytes now']),
  ];
}

/** Where each state may be, once all messages have been worked on. */
function advances(from: unknown, to: unknown): boolean {
  const further: Readonly<Record<string, readonly string[]>> = {
    none: ['stored'],
    stored: ['stored', 'notified'],
    lost: ['stored', 'lost'],
  };
  return (further[String(from)] ?? [String(from)]).includes(String(to));
}

function messageIn(payload: string): Message {
  const read = readMessage(Buffer.from(payload));
  if (read.outcome === 'read') return read.message;
  const why =
    read.outcome === 'unreadable' ? read.why : 'it has a schema version that this release does not know';
  throw new ParityError('release_unfit', `A message cannot be read: ${why}`);
}

async function linkOpens({ storing, links }: FolderServices, { link }: LeftBehind): Promise<string[]> {
  const signedIn = async () => {
    throw new ParityError('unauthenticated', 'Nobody signs in here.');
  };
  const row = await openLink(storing, { links, signIn: false }, { token: link.token, signedIn });
  return row.document === link.id ? [] : [`it opens ${row.document}`];
}

async function straysAreListed({ storing }: FolderServices, { rows }: LeftBehind): Promise<string[]> {
  const listed = (await listParked(storing)).filter(({ kind }) => kind === 'message').length;
  const left = rows['strays']?.length ?? 0;
  return listed === left ? [] : [`${left} were put aside, and ${listed} are listed`];
}

async function isReplayed(services: FolderServices, { documents }: LeftBehind): Promise<string[]> {
  const { storing, published } = services;
  const parked = Object.values(documents).filter(({ facts }) => facts['outcome'] === 'parked');
  for (const { id } of parked) {
    await replayDocument(storing, { document: id as DocumentId, version: 1 }, 'ada');
    const message = published.at(-1)?.message;
    if (message?.kind === 'document.accepted') await storeDocument(storing, message, 0);
    const { outcome, content, sha256 } = await documentFacts(services, id as DocumentId);
    if (outcome !== 'stored' || content !== sha256) return [`it comes to ${outcome}`];
  }
  return [];
}
