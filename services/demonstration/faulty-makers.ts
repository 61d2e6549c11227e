import { ParityError } from '../../domain/errors.ts';
import type { Faults } from '../../domain/faults.ts';
import { documentCollection, type DocumentRow } from '../kit/document-row.ts';
import type { CommonKit, Kit, Makers, Service } from '../kit/kit.ts';
import type { Handlers } from '../kit/http/exchange.ts';
import { createFcmSender } from '../notification/push/fcm-sender.ts';
import { notificationService } from '../notification/service.ts';
import { processorService } from '../processor/service.ts';
import { storageService } from '../storage/service.ts';
import { openVault } from '../storage/vault/vault.ts';
import { busyDatabase } from './busy-database.ts';
import { brokerWith, never } from './faulty-broker.ts';
import { faultyHandlers } from './faulty-handlers.ts';
import { refusedPushes } from './refused-pushes.ts';
import { wrongBytesVault } from './wrong-bytes-vault.ts';

/**
 * Documents that a process stores as it should before it gets stuck, or stores other bytes: enough for the smoke test,
 * which finds both (the link of its push is opened by the live release), and would stop them before anybody met them.
 */
const worksFirst = 3;

/** The real services, each with what `faults` says of it; their own code knows nothing of that. */
export function faultyMakers(faults: Faults): Makers {
  return {
    processor: kit => {
      const service = processorService(kit);
      return { ...service, handlers: faultyHandlers('processor', service.handlers, worldOf(kit, faults)) };
    },
    storage: kit => faultyStorage(kit, faults),
    notification: kit => faultyNotification(kit, faults),
  };
}

async function faultyStorage(kit: Kit<'storage'>, faults: Faults): Promise<Service<Handlers<'storage'>>> {
  const { stuck, wrongBytes, chokesDatabase } = faults;
  const busy = busyDatabase(kit.database.rows<DocumentRow>(documentCollection), kit.clock);
  const asked = () => {
    if (chokesDatabase) busy.press();
  };
  let taken = 0;
  const broker = brokerWith(kit.broker, async () => {
    asked();
    if (stuck && ++taken > worksFirst) await never();
  });
  const service = await storageService({ ...kit, broker }, async options => {
    const vault = await openVault(options);
    return wrongBytes ? wrongBytesVault(vault, worksFirst) : vault;
  });
  return {
    ...service,
    handlers: faultyHandlers('storage', service.handlers, { ...worldOf(kit, faults), asked }),
    stop: async () => {
      await busy.stop();
      await service.stop();
    },
  };
}

async function faultyNotification(
  kit: Kit<'notification'>,
  faults: Faults,
): Promise<Service<Handlers<'notification'>>> {
  const { pushErrors = 0 } = faults;
  const service = await notificationService(kit, options =>
    refusedPushes(createFcmSender(options), pushErrors, kit.random),
  );
  return { ...service, handlers: faultyHandlers('notification', service.handlers, worldOf(kit, faults)) };
}

function worldOf({ clock, random }: CommonKit, faults: Faults) {
  return { faults, clock, random, crash };
}

/** Nobody catches it, so the process ends as by any other bug (services/main.ts). */
function crash(): void {
  queueMicrotask(() => {
    throw new ParityError('internal', 'This release demonstrates crashing: PARITY_FAULT says so.');
  });
}
