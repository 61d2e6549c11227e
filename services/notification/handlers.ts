import { parseDocumentId } from '../../domain/document-id.ts';
import type { Handlers } from '../kit/http/exchange.ts';
import { readOutcomesAsked } from '../kit/http/outcomes-asked.ts';
import type { Notifying } from './notifying.ts';
import { dropPush, listParkedPushes, replayPush, tracePushes } from './parked-pushes.ts';
import { pushOutcomesOf } from './push-outcomes.ts';
import { readRegistration, registerDevice } from './register-device.ts';

/** Notification's routes. */
export function notificationHandlers(notifying: Notifying): Handlers<'notification'> {
  return {
    device: async ({ claims, params, body }) => {
      const recipient = await readRegistration(body(), notifying);
      await registerDevice(notifying, { installation: params.installation, user: claims.sub, recipient });
      return { status: 204, empty: true };
    },
    ledger: async ({ params }) => ({
      status: 200,
      json: { events: await tracePushes(notifying, parseDocumentId(params.id)) },
    }),
    parkedPushes: async () => ({ status: 200, json: { parked: await listParkedPushes(notifying) } }),
    dropPush: async ({ params, claims }) => ({
      status: 200,
      json: await dropPush(notifying, params.id, claims.sub),
    }),
    replayPush: async ({ params }) => ({ status: 202, json: await replayPush(notifying, params.id) }),
    outcomes: async ({ body }) => ({
      status: 200,
      json: await pushOutcomesOf(notifying, await readOutcomesAsked(body(), notifying.clock)),
    }),
  };
}
