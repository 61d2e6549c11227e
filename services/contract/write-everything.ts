import { createHash } from 'node:crypto';
import type { DocumentId } from '../../domain/document-id.ts';
import { ParityError } from '../../domain/errors.ts';
import {
  readMessage,
  writeMessage,
  type AcceptedMessage,
  type StoredMessage,
} from '../../domain/messages.ts';
import type { Release } from '../../domain/release.ts';
import type { Delivery } from '../kit/broker/broker.ts';
import { noCrash, type CrashPoint, type ReachCrashPoint } from '../kit/crash-points.ts';
import type { Row } from '../kit/database/rows.ts';
import { linkLifeMs } from '../kit/link.ts';
import { tinyPhoto } from '../kit/tiny-photo.ts';
import { notifyOwner } from '../notification/notify-owner.ts';
import type { PushOutcome } from '../notification/push/push-sender.ts';
import { registerDevice } from '../notification/register-device.ts';
import { acceptDocument } from '../processor/accept-document.ts';
import { dropDocument } from '../storage/drop-document.ts';
import { parkDocument } from '../storage/park-document.ts';
import { storeDocument } from '../storage/store-document.ts';
import { derivedNames } from './derived-names.ts';
import { documentFacts } from './document-facts.ts';
import { servicesOver, type FolderServices } from './folder-services.ts';
import { writeLeftBehind, type LeftBehind } from './left-behind.ts';

/** A document on its way through this release. */
interface Paper {
  readonly services: FolderServices;
  readonly id: DocumentId;
  readonly owner: string;
  readonly accepted: AcceptedMessage;
}

/** What is done with a document, once it is accepted. */
type Fate = (paper: Paper) => Promise<unknown>;

const [unknownOutcome, refused]: PushOutcome[] = [
  { kind: 'unknown', reason: 'reset' },
  { kind: 'invalid', detail: 'refused' },
];

/** One of everything that can become of a document, each by this release's own code. */
const fates: Readonly<Record<string, Fate>> = {
  waiting: async () => {},
  stored: store,
  settled: async paper => settle(paper),
  rejected: async paper => settle(paper),
  notified: async paper => {
    await registered(paper);
    await tell(paper);
  },
  'told-in-doubt': async paper => {
    paper.services.phones.script(await registered(paper), { outcome: unknownOutcome ?? refuse() });
    await tell(paper);
  },
  'told-in-vain': async paper => {
    paper.services.phones.script(await registered(paper), { outcome: refused ?? refuse() });
    await tell(paper);
  },
  'told-by-the-dead': async paper => {
    await registered(paper);
    await tell(paper, diesBefore('notify.settled')).catch(() => {});
  },
  parked: park,
  cancelled: async paper => {
    await park(paper);
    await dropDocument(paper.services.storing, { document: paper.id, version: 1 }, 'ada');
  },
  lost: async ({ services: { storing }, id, accepted }) => {
    await storing.spool.remove(id, () => true);
    await storeDocument(storing, accepted, Number.MAX_SAFE_INTEGER);
  },
};

/** The link of this document's push is the one that neighbours open. */
const linked = 'notified';

/** Leaves in `folder` one of everything that a neighbour must be able to go on with (design.md §6). */
export async function writeEverything(folder: string, release: Release): Promise<void> {
  const services = await servicesOver(folder, release);
  const documents: LeftBehind['documents'] = {};
  for (const [name, fate] of Object.entries(fates)) documents[name] = await leave(services, name, fate);
  await parkDocument(services.storing, {
    delivery: unreadable(services),
    why: 'unreadable',
    lastReason: undefined,
  });
  const sources = {
    ...{ owner: 'driver', key: 'a key', sha256: createHash('sha256').update('other').digest('hex') },
    ...{ release, acceptedAt: '2026-11-27T05:00:00.000Z' },
  };
  await writeLeftBehind(folder, {
    release,
    documents,
    link: await linkOf(services, documents[linked]?.id ?? refuse()),
    names: { sources, facts: derivedNames(sources) },
    rows: await rowsOf(services),
  });
}

async function leave(
  services: FolderServices,
  name: string,
  fate: Fate,
): Promise<LeftBehind['documents'][string]> {
  const { accepting, published } = services;
  const [owner, key] = [`driver of ${name}`, `key of ${name}`];
  const bytes = name === 'rejected' ? Buffer.from('no photo') : tinyPhoto(name);
  const before = published.length;
  const { id } = await acceptDocument(accepting, uploadOf({ owner, key, bytes }));
  const accepted = published.at(-1)?.message;
  if (accepted?.kind !== 'document.accepted') return refuse();
  await fate({ services, id, owner, accepted });
  return {
    ...{ id, owner, key, bytes: bytes.toString('base64') },
    facts: await documentFacts(services, id),
    messages: published.slice(before).map(({ message }) => writeMessage(message).toString('utf8')),
  };
}

/** An upload as an app sends it, for writers and readers alike. */
export function uploadOf({ owner, key, bytes }: { owner: string; key: string; bytes: Buffer }) {
  const stream = Object.assign(
    (async function* () {
      yield bytes;
    })(),
    { destroy: () => {} },
  );
  const headers = {
    name: 'photo.jpg',
    mediaType: 'image/jpeg',
    key,
    sha256: undefined,
    length: bytes.length,
  };
  return { owner, headers, body: { stream, length: bytes.length } };
}

/** As a candidate stores: the payload stays. */
async function store({ services: { storing }, accepted }: Paper): Promise<void> {
  await storeDocument({ ...storing, role: () => 'candidate' }, accepted, 0);
}

/** As the live release does: a receipt is left. */
async function settle({ services: { storing }, accepted }: Paper): Promise<void> {
  await storeDocument(storing, accepted, 0);
}

async function registered({ services: { notifying }, owner }: Paper) {
  const recipient = { kind: 'token', value: `phone of ${owner}` } as const;
  await registerDevice(notifying, { installation: owner.replaceAll(' ', '-'), user: owner, recipient });
  return recipient;
}

async function tell(paper: Paper, reach = noCrash): Promise<void> {
  await settle(paper);
  const stored = paper.services.published.findLast(({ message }) => isStoredMessage(message))?.message;
  if (stored?.kind !== 'document.stored') return refuse();
  await notifyOwner({ ...paper.services.notifying, reach }, stored);
}

/** A process that dies there: the push is sent, and the row does not say so yet. */
function diesBefore(point: CrashPoint): ReachCrashPoint {
  return reached => {
    if (reached === point) throw new ParityError('internal', `died at ${point}`);
  };
}

function isStoredMessage(message: { readonly kind: string }): message is StoredMessage {
  return message.kind === 'document.stored';
}

async function park({ services: { storing }, accepted }: Paper): Promise<void> {
  const payload = writeMessage(accepted);
  const delivery: Delivery = { read: readMessage(payload), payload, attempts: 8, broker: storing.cluster };
  await parkDocument(storing, { delivery, why: 'attempts_exhausted', lastReason: 'it failed' });
}

function unreadable({ storing }: FolderServices): Delivery {
  const payload = Buffer.from('no message');
  return { read: readMessage(payload), payload, attempts: 0, broker: storing.cluster };
}

async function linkOf({ links, storing }: FolderServices, id: string): Promise<LeftBehind['link']> {
  const expiresAt = new Date(storing.clock.now() + linkLifeMs);
  const token = await links.mintLink({
    document: id as DocumentId,
    version: 1,
    linkGeneration: 0,
    expiresAt,
  });
  return { id, token };
}

async function rowsOf({ storing, notifying }: FolderServices): Promise<LeftBehind['rows']> {
  const all = { where: {}, limit: 1000 };
  const rows = {
    documents: await storing.documents.find(all),
    strays: await storing.strays.find(all),
    devices: await notifying.devices.find(all),
    ledger: await notifying.ledger.find(all),
  } satisfies Record<string, Row[]>;
  return rows as unknown as LeftBehind['rows'];
}

/** What cannot be, while this release can read what it wrote itself. */
function refuse(): never {
  throw new ParityError('internal', 'This release did not write what it says that it writes.');
}
