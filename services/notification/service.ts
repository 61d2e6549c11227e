import { readFile } from 'node:fs/promises';
import { ParityError } from '../../domain/errors.ts';
import { parseJson } from '../../domain/parse-json.ts';
import type { Consumption } from '../kit/broker/broker.ts';
import { documentCollection, type DocumentRow } from '../kit/document-row.ts';
import type { Handlers } from '../kit/http/exchange.ts';
import { servedBy } from '../kit/identity.ts';
import type { Kit, Service } from '../kit/kit.ts';
import { keepStray, strayCollection, type StrayRow } from '../kit/stray.ts';
import { notificationHandlers } from './handlers.ts';
import { deviceCollection, ledgerCollection, type DeviceRow, type LedgerRow } from './ledger.ts';
import { notifyOwner } from './notify-owner.ts';
import type { Notifying } from './notifying.ts';
import { createFcmSender, type FcmSenderOptions } from './push/fcm-sender.ts';
import { createServiceAccountCredential, serviceAccountKey } from './push/service-account-credential.ts';

/** Owners that one process tells at once, from each broker; most of the time is spent waiting for FCM. */
const prefetch = 64;

/** Notification: tells owners that their documents are ready, each phone once. */
export async function notificationService(
  kit: Kit<'notification'>,
  createSender = createFcmSender,
): Promise<Service<Handlers<'notification'>>> {
  const { config, database, broker } = kit;
  const sender = createSender(await fcmOptions(kit));
  const notifying: Notifying = {
    ...kit,
    by: servedBy(config),
    publicUrl: config.publicUrl,
    documents: database.rows<DocumentRow>(documentCollection),
    devices: database.rows<DeviceRow>(deviceCollection),
    ledger: database.leasedRows<LedgerRow>(ledgerCollection),
    strays: database.rows<StrayRow>(strayCollection),
    sender,
  };
  const consumption: Consumption = {
    prefetch,
    handle: message => {
      if (message.kind !== 'document.stored') throw new TypeError(`${message.kind} in notification's queue`);
      return notifyOwner(notifying, message);
    },
    // The row still says that its owner waits to be told, so the sweeper comes back to it.
    park: (delivery, why) => keepStray(notifying.strays, delivery, { why, at: new Date(kit.clock.now()) }),
  };
  return {
    handlers: notificationHandlers(notifying),
    start: () => {
      void makeIndexes(kit);
      broker.consume('document.stored', consumption);
    },
    stop: () => sender.close(),
  };
}

async function fcmOptions({ push, clock, random }: Kit<'notification'>): Promise<FcmSenderOptions> {
  const key = serviceAccountKey.safeParse(parseJson(await readFile(push.credentialsFile, 'utf8')));
  if (!key.success) {
    // Without its cause, which would quote the key.
    throw new ParityError(
      'invalid_configuration',
      'PARITY_FCM_CREDENTIALS is not the key file of a service account.',
    );
  }
  const credential = createServiceAccountCredential(key.data, clock);
  return { baseUrl: push.url, projectId: key.data.project_id, credential, clock, random };
}

async function makeIndexes({ database, log }: Kit<'notification'>): Promise<void> {
  try {
    await database.ensureIndexes<DeviceRow>(deviceCollection, [{ user: 1, updatedAt: -1 }]);
    await database.ensureIndexes<LedgerRow>(ledgerCollection, [{ document: 1 }, { state: 1 }]);
  } catch (error) {
    log.warn({ error }, 'the indexes of devices and ledger could not be made');
  }
}
