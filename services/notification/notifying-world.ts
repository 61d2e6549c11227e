import type { TestContext } from 'node:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyedDocumentId } from '../../domain/document-id.ts';
import type { StoredMessage } from '../../domain/messages.ts';
import type { Parity } from '../../domain/parity.ts';
import { parseRelease } from '../../domain/release.ts';
import { FakeBrokers } from '../kit/broker/fake-broker.ts';
import type { CrashPoint } from '../kit/crash-points.ts';
import { memoryDatabase } from '../kit/database/memory-database.ts';
import { documentCollection, documentKey, listKey, type DocumentRow } from '../kit/document-row.ts';
import { createLinkKeySet, createLinks } from '../kit/link.ts';
import { silentLog, type Log } from '../kit/logger.ts';
import { manualClock } from '../kit/manual-clock.ts';
import { systemRandom } from '../kit/ports.ts';
import { strayCollection, type StrayRow } from '../kit/stray.ts';
import { testFolder } from '../kit/test-folder.ts';
import { deviceCollection, ledgerCollection, type DeviceRow, type LedgerRow } from './ledger.ts';
import type { Notifying } from './notifying.ts';
import { createFakePushSender } from './push/fake-push-sender.ts';
import type { PushSender } from './push/push-sender.ts';
import { registerDevice } from './register-device.ts';

/** What a test's process differs in from a good one. */
export interface TestProcess {
  readonly cluster?: Parity;
  readonly reach?: (point: CrashPoint) => void;
  readonly sender?: PushSender;
}

/**
 * The shared world of two clusters' notification: phones, a database in memory, a clock that is set; at first without
 * documents or devices.
 */
export async function notifyingWorld(test: TestContext) {
  const shared = await sharedNotification(test);
  return { ...shared, process: (own?: TestProcess) => processIn(shared, own), ...peopleIn(shared) };
}

async function sharedNotification(test: TestContext) {
  const clock = manualClock();
  const database = memoryDatabase();
  const errors: Readonly<Record<string, unknown>>[] = [];
  const log: Log = { ...silentLog, error: fields => errors.push(fields) };
  const keysFile = join(await testFolder(test), 'links.json');
  await writeFile(keysFile, JSON.stringify(createLinkKeySet(systemRandom)));
  return {
    ...{ clock, database, errors, log },
    phones: createFakePushSender(),
    links: await createLinks({ keysFile, clock, log }),
    broker: new FakeBrokers().connect('odd'),
    documents: database.rows<DocumentRow>(documentCollection),
    devices: database.rows<DeviceRow>(deviceCollection),
    ledger: database.leasedRows<LedgerRow>(ledgerCollection),
    strays: database.rows<StrayRow>(strayCollection),
  };
}

type Shared = Awaited<ReturnType<typeof sharedNotification>>;

function processIn(shared: Shared, own: TestProcess = {}): Notifying {
  const { cluster = 'odd', reach = () => {}, sender = shared.phones } = own;
  const by = `${cluster}/42`;
  return { ...shared, by, publicUrl: 'https://parity.test', sender, random: systemRandom, reach };
}

function peopleIn(shared: Shared) {
  const { documents, ledger, clock, database } = shared;
  return {
    /** Stores a document, and makes the message that has its owner told. */
    store: async (key = 'key-1', owner = 'driver-1'): Promise<StoredMessage> => {
      const row = storedRow({ key, owner, at: new Date(clock.now()) });
      await documents.insert(row);
      const { document, version, acceptedAt } = row;
      const message = { kind: 'document.stored', schema: 1, document, version, generation: 0 } as const;
      return { ...message, acceptedAt: acceptedAt.toISOString() };
    },
    /** Registers a device, and gives its recipient. */
    register: async (installation: string, value = `token of ${installation}`, user = 'driver-1') => {
      const recipient = { kind: 'token', value } as const;
      await registerDevice(processIn(shared), { installation, user, recipient });
      clock.advance(1);
      return recipient;
    },
    state: async (message: StoredMessage) => (await documents.read(documentKey(message)))?.state,
    /** The states of a document's pushes, by installation. */
    pushes: async ({ document }: StoredMessage) => {
      const rows = await ledger.find({ where: { document }, sort: { installation: 1 }, limit: 50 });
      return Object.fromEntries(rows.map(({ installation, state }) => [installation, state]));
    },
    /** Time passes for everybody: here, and on the database's server. */
    pass: (ms: number) => {
      clock.advance(ms);
      database.server.now += ms;
    },
  };
}

function storedRow({ key, owner, at }: { key: string; owner: string; at: Date }): DocumentRow {
  const document = keyedDocumentId({ owner, key });
  return {
    ...{ _id: documentKey({ document, version: 1 }), revision: 1, document, version: 1, owner },
    ...{ name: 'photo.jpg', mediaType: 'image/jpeg', size: 1, sha256: '0'.repeat(64), state: 'stored' },
    ...{ generation: 0, acceptedRelease: '42', release: parseRelease('42'), acceptedAt: at, storedAt: at },
    ...{ listKey: listKey({ document, acceptedAt: at }), events: [] },
  };
}
