import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { keyedDocumentId } from '../../domain/document-id.ts';
import type { AcceptedMessage } from '../../domain/messages.ts';
import type { Delivery } from '../kit/broker/broker.ts';
import { FakeBrokers } from '../kit/broker/fake-broker.ts';
import { brokerWith, never } from './faulty-broker.ts';

const message: AcceptedMessage = {
  kind: 'document.accepted',
  schema: 1,
  document: keyedDocumentId({ owner: 'anna', key: 'k' }),
  version: 1,
  generation: 0,
  acceptedAt: '2026-11-27T00:00:00.000Z',
};

/** What a broker that goes through `before` does with each message that it delivers. */
function delivering(before: () => Promise<void>) {
  const handled: string[] = [];
  const broker = brokerWith(
    {
      ...new FakeBrokers().connect('odd'),
      consume: (_, { handle }) => void handle(message, {} as Delivery),
    },
    before,
  );
  broker.consume('document.accepted', {
    prefetch: 1,
    handle: async ({ document }) => {
      handled.push(document);
      return { verdict: 'done' };
    },
    park: async () => {},
  });
  return handled;
}

describe('brokerWith', () => {
  it('hands on what it comes back from', async () => {
    const handled = delivering(async () => {});
    await nextTurn();
    assert.deepEqual(handled, [message.document]);
  });

  it('takes a message and never finishes it, where it does not come back', async () => {
    let taken = 0;
    const handled = delivering(() => {
      taken += 1;
      return never();
    });
    await nextTurn();
    assert.deepEqual([taken, handled], [1, []]);
  });
});
