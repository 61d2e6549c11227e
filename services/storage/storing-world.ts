import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { keyedDocumentId, type DocumentId } from '../../domain/document-id.ts';
import type { AcceptedMessage, StoredMessage } from '../../domain/messages.ts';
import type { Parity } from '../../domain/parity.ts';
import type { ReleaseRole } from '../../domain/release-role.ts';
import { parseRelease } from '../../domain/release.ts';
import { boundedFiles } from '../kit/bounded-files.ts';
import { FakeBrokers } from '../kit/broker/fake-broker.ts';
import type { Verdict } from '../kit/broker/broker.ts';
import type { CrashPoint } from '../kit/crash-points.ts';
import { memoryDatabase } from '../kit/database/memory-database.ts';
import { documentCollection, type DocumentRow } from '../kit/document-row.ts';
import { faultyFileSystem } from '../kit/faulty-file-system.ts';
import { nodeFileSystem } from '../kit/file-system.ts';
import { silentLog, type Log } from '../kit/logger.ts';
import { manualClock } from '../kit/manual-clock.ts';
import { systemRandom } from '../kit/ports.ts';
import type { Manifest } from '../kit/spool/manifest.ts';
import { openSpool, type Spool } from '../kit/spool/spool.ts';
import { strayCollection, type StrayRow } from '../kit/stray.ts';
import { testFolder } from '../kit/test-folder.ts';
import { tinyPhoto } from '../kit/tiny-photo.ts';
import { storeDocument } from './store-document.ts';
import { readRow, type Storing } from './storing.ts';
import { leaseCollection, sweeper, type SweepRow } from './sweep.ts';
import { masterKeyWrapper } from './vault/master-key.ts';
import { shards } from '../kit/shard.ts';
import { openVault, type VaultFile } from './vault/vault.ts';

/** What a test's process differs in from a good one. */
export interface TestProcess {
  readonly cluster?: Parity;
  readonly release?: string;
  readonly role?: () => ReleaseRole | undefined;
  /** @default its own release: it has settled */
  readonly proven?: string;
  readonly reach?: (point: CrashPoint) => void;
  /** Awaited before every step on shared storage: what it does happens between two steps of this process. */
  readonly meanwhile?: () => Promise<void>;
}

/** What a test's document differs in from a good one. */
export interface TestDocument {
  readonly key?: string;
  readonly owner?: string;
  readonly name?: string;
  /** @default a small photo with `text` in it */
  readonly bytes?: Buffer;
  readonly text?: string;
  readonly manifest?: Partial<Manifest>;
}

/** The shared world of two clusters' storage: real files, a database and brokers in memory, a clock that is set. */
export type StoringWorld = Awaited<ReturnType<typeof storingWorld>>;

/** The sweeper's times in a test. */
export const sweepTimes = { afterMs: 30_000, orphanAfterMs: 3_600_000 };

/** Makes an empty one. Its clock starts at the machine's time, for files have that too. */
export async function storingWorld(test: TestContext) {
  const shared = await sharedStorage(test);
  return {
    ...shared,
    process: (own?: TestProcess) => processIn(shared, own),
    ...looksAt(shared),
    sweeperOf: sweepersIn(shared),
  };
}

async function sharedStorage(test: TestContext) {
  const folder = await testFolder(test);
  const files = faultyFileSystem(nodeFileSystem());
  const clock = manualClock(Date.now());
  const [ofSpool, ofVault] = [boundedFiles(files, clock), boundedFiles(files, clock)];
  const database = memoryDatabase();
  const errors: Readonly<Record<string, unknown>>[] = [];
  const log: Log = { ...silentLog, error: fields => errors.push(fields) };
  const key = Buffer.alloc(32, 1).toString('base64url');
  const keys = masterKeyWrapper(JSON.stringify({ keys: [{ id: 'test', key }] }), systemRandom);
  const paths = { spool: join(folder, 'spool'), vault: join(folder, 'vault') };
  return {
    ...{ folder, paths, files, database, errors, log },
    clock,
    brokers: new FakeBrokers(),
    spool: await openSpool({ folder: paths.spool, files: ofSpool, random: systemRandom }),
    vault: await openVault({ folder: paths.vault, files: ofVault, random: systemRandom, keys }),
    documents: database.rows<DocumentRow>(documentCollection),
    strays: database.rows<StrayRow>(strayCollection),
  };
}

type Shared = Awaited<ReturnType<typeof sharedStorage>>;

function processIn(shared: Shared, own: TestProcess = {}): Storing {
  const { cluster = 'odd', release = '42', role = () => 'live', meanwhile = async () => {} } = own;
  const proven = parseRelease(own.proven ?? release);
  const { spool, vault, documents, strays, brokers, clock, log } = shared;
  return {
    by: `${cluster}/${release}`,
    cluster,
    release: parseRelease(release),
    publicUrl: 'https://parity.test',
    spool: interrupted(spool, meanwhile, ['payload', 'receive']),
    vault: interrupted(vault, meanwhile, ['read']),
    documents: interrupted(documents, meanwhile),
    broker: interrupted(brokers.connect(cluster), meanwhile),
    ...{ strays, role, proven: () => proven, clock, log, reach: own.reach ?? (() => {}) },
  };
}

function looksAt({ spool, vault, documents, brokers, clock }: Shared) {
  const row = (document: DocumentId) => readRow({ documents } as Storing, { document, version: 1 });
  return {
    row,
    /** Puts a document into the spool as the processor does, and makes its message. */
    accept: async (document: TestDocument = {}): Promise<AcceptedMessage> => {
      const bytes = document.bytes ?? tinyPhoto(document.text ?? 'a photo');
      const manifest = manifestOf(document, { bytes, now: clock.now() });
      await putIntoSpool(spool, manifest, bytes);
      return acceptedMessage(manifest);
    },
    /** The files that the vault holds. */
    vaultFiles: async (): Promise<VaultFile[]> => {
      const found: VaultFile[] = [];
      for (let folder = 0; folder < shards; folder++) found.push(...(await vault.listFolder(folder)));
      return found;
    },
    /** What was published to have owners told. */
    announced: (): StoredMessage[] =>
      brokers.published.flatMap(({ message }) => (message.kind === 'document.stored' ? [message] : [])),
    /** What was published to have documents stored. */
    republished: (): AcceptedMessage[] =>
      brokers.published.flatMap(({ message }) => (message.kind === 'document.accepted' ? [message] : [])),
    /** What the spool has of a document. */
    spooled: async (document: DocumentId) => {
      const manifest = await spool.find(document);
      if (manifest === undefined) return 'none';
      return manifest.settled === undefined ? 'payload' : `receipt: ${manifest.settled.state}`;
    },
    /** The document's one vault file, decrypted: SHA-256. */
    storedHash: async (document: DocumentId) => {
      const { file = '', wrappedKey = '', ...of } = (await row(document)) ?? {};
      return vault.hash(of as DocumentRow, { file, wrappedKey });
    },
  };
}

function sweepersIn(shared: Shared) {
  /** A sweeper of its own memory, as each process has one; the brokers have delivered all if nobody says otherwise. */
  return (own: TestProcess = {}, newestDelivered: (broker: Parity) => number | undefined = () => Infinity) =>
    sweeper(processIn(shared, own), {
      leases: shared.database.leasedRows<SweepRow>(leaseCollection),
      holder: systemRandom.bytes(12).toString('hex'),
      times: sweepTimes,
      newestDelivered,
    });
}

/** Stores a document as the broker's redeliveries would, until it is done; at most as often as they do. */
export async function storeUntilDone(storing: Storing, message: AcceptedMessage): Promise<Verdict> {
  for (let attempts = 0; ; attempts++) {
    const verdict = await storeDocument(storing, message, attempts);
    if (verdict.verdict === 'done' || attempts === 7) return verdict;
  }
}

function manifestOf(
  { key = 'key-1', owner = 'driver-1', name = 'photo.jpg', manifest }: TestDocument,
  { bytes, now }: { bytes: Buffer; now: number },
): Manifest {
  return {
    schema: 1,
    id: keyedDocumentId({ owner, key }),
    owner,
    name,
    mediaType: 'application/octet-stream',
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    release: '42',
    cluster: 'odd',
    acceptedAt: new Date(now).toISOString(),
    ...manifest,
  };
}

async function putIntoSpool(spool: Spool, manifest: Manifest, bytes: Buffer): Promise<void> {
  const incoming = spool.receive();
  await incoming.write(Uint8Array.from(bytes));
  await incoming.seal(manifest);
  await incoming.publish();
  await incoming.discard();
}

function acceptedMessage({ id, acceptedAt }: Manifest): AcceptedMessage {
  return { kind: 'document.accepted', schema: 1, document: id, version: 1, generation: 0, acceptedAt };
}

/** The same port, each of whose calls waits for `meanwhile` first; not those that give a stream. */
function interrupted<T extends object>(
  port: T,
  meanwhile: () => Promise<void>,
  streams: readonly string[] = [],
): T {
  return new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || streams.includes(String(name))) return value;
      return (...given: unknown[]) => meanwhile().then(() => Reflect.apply(value, target, given) as unknown);
    },
  });
}
