import type { Random } from '../kit/ports.ts';
import type { PushSender } from '../notification/push/push-sender.ts';
import { happens } from './faulty-handlers.ts';

/** A sender of which FCM refuses a share (0–1) of all pushes for good. */
export function refusedPushes(sender: PushSender, share: number, random: Random): PushSender {
  return {
    send: async message =>
      happens(share, random)
        ? { kind: 'invalid', detail: 'this release demonstrates failing: PARITY_FAULT says so' }
        : sender.send(message),
    close: () => sender.close(),
  };
}
