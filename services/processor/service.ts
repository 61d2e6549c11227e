import type { Handlers } from '../kit/http/exchange.ts';
import type { Kit, Service } from '../kit/kit.ts';
import { processorHandlers } from './handlers.ts';
import { bodyRate, bodyReceiver } from './receive-body.ts';

/** The Document Processor: takes uploads, promises nothing it cannot keep, and leaves the rest to storage. */
export function processorService(kit: Kit<'processor'>): Service<Handlers<'processor'>> {
  const { config, clock } = kit;
  const limits = { maxBytes: config.maxDocumentBytes, ...bodyRate };
  return {
    handlers: processorHandlers(
      {
        ...kit,
        cluster: config.cluster,
        release: config.release,
        receiveBody: bodyReceiver({ clock, limits }),
      },
      config.publicUrl,
    ),
    start: () => {},
    stop: async () => {},
  };
}
