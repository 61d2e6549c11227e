import type { Parity } from '../../domain/parity.ts';
import { parities } from '../../domain/parity.ts';
import type { Consumption } from '../kit/broker/broker.ts';
import type { Order } from '../kit/database/rows.ts';
import { documentCollection, type DocumentRow } from '../kit/document-row.ts';
import type { Handlers } from '../kit/http/exchange.ts';
import { servedBy } from '../kit/identity.ts';
import type { Kit, Service } from '../kit/kit.ts';
import { strayCollection, type StrayRow } from '../kit/stray.ts';
import { storageHandlers } from './handlers.ts';
import { parkDocument } from './park-document.ts';
import { storeDocument } from './store-document.ts';
import type { Storing } from './storing.ts';
import { leaseCollection, sweeper, type SweepRow } from './sweep.ts';
import { sweepEvery } from './sweep-every.ts';
import { openKeyWrapper } from './vault/open-key-wrapper.ts';
import { rememberedKeys } from './vault/remembered-keys.ts';
import { openVault } from './vault/vault.ts';

/** Documents that one process stores at once, from each broker: bounded by memory (1 MiB frames) and two cores. */
const prefetch = 8;

const indexes: readonly Order<DocumentRow>[] = [
  { owner: 1, listKey: -1 },
  { state: 1, storedAt: 1 },
  { release: 1, listKey: -1 },
];

/** Document Storage: puts accepted documents into the vault, serves them, and sweeps up after the dead. */
export async function storageService(
  kit: Kit<'storage'>,
  open = openVault,
): Promise<Service<Handlers<'storage'>>> {
  const { config, database, broker, clock, random, keeper } = kit;
  const keys = rememberedKeys(await openKeyWrapper(kit.vault.masterKey, random), clock);
  const storing: Storing = {
    ...kit,
    by: servedBy(config),
    cluster: config.cluster,
    release: config.release,
    publicUrl: config.publicUrl,
    vault: await open({ folder: kit.vault.folder, files: kit.vault.files, random, keys }),
    documents: database.rows<DocumentRow>(documentCollection),
    strays: database.rows<StrayRow>(strayCollection),
    role: () => keeper.roleOf(),
    proven: () => keeper.proven(),
  };
  const delivered = deliveredUntil();
  const sweep = sweepEvery(
    kit,
    sweeper(storing, {
      leases: database.leasedRows<SweepRow>(leaseCollection),
      holder: random.bytes(12).toString('hex'),
      times: { afterMs: config.sweepAfterMs, orphanAfterMs: config.orphanAfterMs },
      newestDelivered: delivered.newest,
    }),
  );
  const consumption: Consumption = {
    prefetch,
    handle: (message, delivery) => {
      if (message.kind !== 'document.accepted') throw new TypeError(`${message.kind} in storage's queue`);
      delivered.note(delivery.broker, message.acceptedAt);
      return storeDocument(storing, message, delivery.attempts);
    },
    park: (delivery, why, lastReason) => parkDocument(storing, { delivery, why, lastReason }),
  };
  return {
    handlers: storageHandlers(storing, { links: kit.links, signIn: config.linkSignIn }),
    start: () => {
      void database.ensureIndexes(documentCollection, indexes).catch((error: unknown) => {
        kit.log.warn({ error }, 'the indexes of documents could not be made');
      });
      broker.consume('document.accepted', consumption);
      sweep.start();
    },
    stop: () => sweep.stop(),
  };
}

/** The acceptance time of the youngest document that each broker has delivered to this process. */
function deliveredUntil() {
  const newest = new Map<Parity, number>(parities.map(parity => [parity, 0]));
  return {
    newest: (broker: Parity) => newest.get(broker),
    note: (broker: Parity, acceptedAt: string) => {
      newest.set(broker, Math.max(newest.get(broker) ?? 0, Date.parse(acceptedAt)));
    },
  };
}
