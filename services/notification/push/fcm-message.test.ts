import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findMessageFault, toFcmRequest } from './fcm-message.ts';
import { aPush } from './push-sender.contract.ts';

const NOW = 1_700_000_000_000;

describe('toFcmRequest', () => {
  it('says on every platform how long to try and what a repeat replaces', () => {
    const push = aPush({ ttlMs: 90_999, collapseId: 'paper.2', version: 2 });
    assert.deepEqual(toFcmRequest(push, NOW).message, {
      fid: 'anna',
      notification: { title: push.title, body: push.body },
      data: { document: push.document, version: '2', link: push.link },
      android: {
        ttl: '90s',
        priority: 'HIGH',
        collapse_key: 'paper.2',
        notification: { tag: 'paper.2' },
      },
      apns: {
        headers: { 'apns-collapse-id': 'paper.2', 'apns-expiration': '1700000090', 'apns-priority': '10' },
        payload: { aps: { 'mutable-content': 1 } },
      },
      webpush: { headers: { TTL: '90', Urgency: 'high' } },
    });
  });

  it('addresses a registration token as such', () => {
    const push = aPush({ recipient: { kind: 'token', value: 'abc' } });
    assert.partialDeepStrictEqual(toFcmRequest(push, NOW).message, { token: 'abc' });
  });

  it('asks for four weeks at most', () => {
    const { android } = toFcmRequest(aPush({ ttlMs: 1e12 }), NOW).message;
    assert.equal(android.ttl, '2419200s');
  });
});

describe('findMessageFault', () => {
  it('takes a collapse id of 64 bytes and refuses one of 65, counted in UTF-8', () => {
    assert.equal(findMessageFault(aPush({ collapseId: 'ü'.repeat(32) })), undefined);
    const fault = findMessageFault(aPush({ collapseId: `${'ü'.repeat(32)}x` }));
    assert.equal(fault, 'collapseId has 65 bytes; 1 to 64 are allowed');
  });

  it('refuses a lifetime that is over or unreadable', () => {
    const fault = (ttlMs: number) => findMessageFault(aPush({ ttlMs }));
    assert.equal(fault(-1), 'ttlMs is -1; the link has expired, mint a new one');
    assert.equal(fault(Number.NaN), 'ttlMs is NaN; the link has expired, mint a new one');
  });
});
