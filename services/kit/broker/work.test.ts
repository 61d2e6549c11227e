import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maxAttempts } from '../../../domain/queues.ts';
import { ParityError, type ErrorCode } from '../../../domain/errors.ts';
import { writeMessage } from '../../../domain/messages.ts';
import { silentLog } from '../logger.ts';
import { buildMessage, kind } from './broker-world.ts';
import { noObserver } from './endpoint.ts';
import { recordConsumption } from './recorded-consumption.ts';
import { freshTrail, type Trail } from './trail.ts';
import { workOn } from './work.ts';

/** What becomes of a message whose handler rejects with `error`. */
async function workOnFailing(error: unknown, trail: Partial<Trail> = {}) {
  const consumption = recordConsumption({ answer: () => Promise.reject(error) });
  const incoming = {
    payload: writeMessage(buildMessage()),
    trail: { ...freshTrail, ...trail },
    broker: 'odd' as const,
  };
  const outcome = await workOn(incoming, { kind, consumption, observer: noObserver, log: silentLog });
  return { outcome, parked: consumption.parked };
}

const outages: readonly ErrorCode[] = [
  'database_unavailable',
  'broker_unavailable',
  'spool_unavailable',
  'spool_full',
  'vault_unavailable',
  'keys_unavailable',
];

describe('workOn', () => {
  for (const code of outages) {
    it(`does not count an attempt that ended in ${code}`, async () => {
      const trail = { attempts: maxAttempts - 1, retries: 20 };
      const { outcome, parked } = await workOnFailing(new ParityError(code, 'away'), trail);
      assert.deepEqual(outcome, {
        outcome: 'again',
        trail: { ...freshTrail, attempts: maxAttempts - 1, retries: 21, lastReason: 'away' },
      });
      assert.deepEqual(parked, []);
    });
  }

  for (const error of [new ParityError('document_corrupt', 'broken'), new TypeError('broken')]) {
    it(`counts an attempt that ended in a ${error instanceof ParityError ? error.code : error.name}`, async () => {
      const first = await workOnFailing(error);
      assert.deepEqual(first.outcome, {
        outcome: 'again',
        trail: { ...freshTrail, attempts: 1, retries: 1, lastReason: 'broken' },
      });
      const last = await workOnFailing(error, { attempts: maxAttempts - 1 });
      assert.deepEqual(last.outcome, { outcome: 'gone' });
      assert.deepEqual(
        last.parked.map(({ why, lastReason }) => [why, lastReason]),
        [['attempts_exhausted', 'broken']],
      );
    });
  }
});
