import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { keyedDocumentId } from './document-id.ts';
import { readMessage, writeMessage, type Message } from './messages.ts';

const document = keyedDocumentId({ owner: 'anna', key: 'k1' });

function aMessage(changes: Partial<Message> = {}): Message {
  const acceptedAt = '2026-11-22T05:00:00.000Z';
  const body = {
    kind: 'document.accepted',
    schema: 1,
    document,
    version: 1,
    generation: 0,
    acceptedAt,
  } as const;
  return { ...body, ...changes };
}

describe('readMessage', () => {
  it('reads what writeMessage wrote', () => {
    for (const kind of ['document.accepted', 'document.stored'] as const) {
      const message = aMessage({ kind });
      assert.deepEqual(readMessage(writeMessage(message)), { outcome: 'read', message });
    }
  });

  it('says of another schema version which document it is about', () => {
    const payload = Buffer.from(JSON.stringify({ ...aMessage(), schema: 2, more: true }));
    assert.deepEqual(readMessage(payload), { outcome: 'unknown_schema', document });
    const nameless = Buffer.from('{"schema":9}');
    assert.deepEqual(readMessage(nameless), { outcome: 'unknown_schema', document: undefined });
  });

  it('says why a message cannot be read', () => {
    assert.deepEqual(readMessage(Buffer.from('nonsense')), { outcome: 'unreadable', why: 'not JSON' });
    const wrong = readMessage(Buffer.from(JSON.stringify({ ...aMessage(), document: '../x' })));
    assert.equal(wrong.outcome, 'unreadable');
    assert.match('why' in wrong ? wrong.why : '', /document/);
  });

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array(), bytes => void readMessage(bytes)));
    fc.assert(fc.property(fc.json(), text => void readMessage(Buffer.from(text))));
  });
});
