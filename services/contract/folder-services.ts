import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parities } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import { FakeBrokers } from '../kit/broker/fake-broker.ts';
import { noCrash } from '../kit/crash-points.ts';
import { memoryDatabase } from '../kit/database/memory-database.ts';
import { documentCollection, type DocumentRow } from '../kit/document-row.ts';
import { nodeFileSystem } from '../kit/file-system.ts';
import { createLinkKeySet, createLinks } from '../kit/link.ts';
import { silentLog } from '../kit/logger.ts';
import { systemClock, systemRandom } from '../kit/ports.ts';
import { openSpool } from '../kit/spool/spool.ts';
import { strayCollection, type StrayRow } from '../kit/stray.ts';
import {
  deviceCollection,
  ledgerCollection,
  type DeviceRow,
  type LedgerRow,
} from '../notification/ledger.ts';
import type { Notifying } from '../notification/notifying.ts';
import { createFakePushSender } from '../notification/push/fake-push-sender.ts';
import type { Accepting } from '../processor/accept-document.ts';
import { bodyRate, bodyReceiver } from '../processor/receive-body.ts';
import type { Storing } from '../storage/storing.ts';
import { masterKeyWrapper } from '../storage/vault/master-key.ts';
import { openVault } from '../storage/vault/vault.ts';

/** A release's own code at work over a folder: what it leaves there is what a neighbour must read. */
export type FolderServices = Awaited<ReturnType<typeof servicesOver>>;

/**
 * The three services over a folder that holds spool, vault and keys. Rows and messages are in memory: how a database
 * and a broker keep them is not the release's doing. Keys that are missing are made.
 */
export async function servicesOver(folder: string, release: Release) {
  const [clock, random, files, log] = [systemClock, systemRandom, nodeFileSystem(), silentLog];
  const [cluster] = parities;
  const keys = await keyFiles(folder);
  const links = await createLinks({ keysFile: keys.links, clock, log });
  const database = memoryDatabase();
  const brokers = new FakeBrokers();
  const phones = createFakePushSender();
  const common = {
    ...{ cluster, release, by: `${cluster}/${release}`, publicUrl: 'https://parity.test' },
    ...{ clock, random, log, reach: noCrash, broker: brokers.connect(cluster) },
    spool: await openSpool({ folder: join(folder, 'spool'), files, random }),
    documents: database.rows<DocumentRow>(documentCollection),
    strays: database.rows<StrayRow>(strayCollection),
  };
  const wrapper = masterKeyWrapper(await readFile(keys.master, 'utf8'), random);
  const limits = { maxBytes: 1024 * 1024, ...bodyRate };
  const accepting: Accepting = {
    ...common,
    receiveBody: bodyReceiver({ clock, limits }),
  };
  const storing: Storing = {
    ...common,
    vault: await openVault({ folder: join(folder, 'vault'), files, random, keys: wrapper }),
    role: () => 'live',
    proven: () => release,
  };
  const notifying: Notifying = {
    ...common,
    ...{ links, sender: phones },
    devices: database.rows<DeviceRow>(deviceCollection),
    ledger: database.leasedRows<LedgerRow>(ledgerCollection),
  };
  return { accepting, storing, notifying, links, phones, published: brokers.published };
}

async function keyFiles(folder: string): Promise<{ master: string; links: string }> {
  const path = (name: string) => join(folder, 'keys', `${name}.json`);
  const key = systemRandom.bytes(32).toString('base64url');
  await mkdir(join(folder, 'keys'), { recursive: true });
  await writeOnce(path('master'), { keys: [{ id: '1', key }] });
  await writeOnce(path('links'), createLinkKeySet(systemRandom));
  return { master: path('master'), links: path('links') };
}

async function writeOnce(path: string, value: unknown): Promise<void> {
  await writeFile(path, JSON.stringify(value), { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
