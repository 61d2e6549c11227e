import { createFakePushSender } from './fake-push-sender.ts';
import type { ScriptedTry } from './fake-push-sender.ts';
import { pushSenderContract } from './push-sender.contract.ts';
import type { PushFault } from './push-sender.contract.ts';

const tries: Record<PushFault, ScriptedTry> = {
  unregistered: { outcome: { kind: 'unregistered' } },
  'sender-mismatch': { outcome: { kind: 'sender_mismatch' } },
  invalid: { outcome: { kind: 'invalid', detail: 'scripted' } },
  quota: { outcome: { kind: 'retry_later', afterMs: 60_000, reason: 'quota' } },
  unavailable: { outcome: { kind: 'retry_later', afterMs: 10_000, reason: 'unavailable' } },
  internal: { outcome: { kind: 'retry_later', afterMs: 10_000, reason: 'internal' } },
  reset: { outcome: { kind: 'unknown', reason: 'scripted' }, arrives: true },
  hang: { outcome: { kind: 'unknown', reason: 'scripted' } },
  refused: { outcome: { kind: 'not_sent', afterMs: 0, reason: 'scripted' } },
  goaway: { outcome: { kind: 'not_sent', afterMs: 0, reason: 'scripted' } },
};

pushSenderContract('The fake', async () => {
  const sender = createFakePushSender();
  let count = 0;
  return {
    sender,
    recipient(fault) {
      const recipient = { kind: 'fid', value: `phone-${String((count += 1))}` } as const;
      if (fault) sender.script(recipient, tries[fault]);
      return recipient;
    },
    phone: async recipient => ({
      received: sender.received(recipient).length,
      shown: sender.shown(recipient).length,
    }),
    close: () => sender.close(),
  };
});
