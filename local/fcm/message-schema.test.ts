import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRequest } from './message-schema.ts';

/** The first thing that is wrong with a message, or 'fine'. */
function judge(message: Record<string, unknown>): string {
  const parsed = parseRequest(JSON.stringify({ message: { fid: 'anna', ...message } }));
  return parsed.ok ? 'fine' : (parsed.violations[0]?.description ?? 'no violation');
}

const twoTargets = 'Exactly one of token, fid, topic or condition is required.';

describe('parseRequest', () => {
  it('takes a message that uses what is documented', () => {
    const verdict = judge({
      notification: { title: 'a', body: 'b' },
      data: { document: 'a', version: '1' },
      android: { ttl: '3.5s', priority: 'HIGH', collapse_key: 'a', notification: { tag: 'a', sticky: true } },
      apns: {
        headers: { 'apns-collapse-id': 'a', 'apns-priority': '5' },
        payload: { aps: { badge: 1 }, own: [1] },
      },
      webpush: { headers: { TTL: '60', Urgency: 'high' }, notification: { title: 'c' } },
      fcm_options: { analytics_label: 'papers' },
    });
    assert.equal(verdict, 'fine');
  });

  it('refuses what it does not know, by name and place', () => {
    const parsed = parseRequest('{ "message": { "fid": "a", "android": { "ttl_s": 1 } } }');
    assert.deepEqual(parsed, {
      ok: false,
      violations: [
        {
          field: 'message.android',
          description: `Invalid JSON payload received. Unknown name "ttl_s" at 'message.android': Cannot find field.`,
        },
      ],
    });
  });

  it('wants one target', () => {
    assert.equal(judge({ fid: undefined }), twoTargets);
    assert.equal(judge({ token: 'b' }), twoTargets);
    assert.equal(judge({ fid: undefined, topic: 'news' }), 'fine');
  });

  it('refuses reserved data keys', () => {
    for (const key of ['from', 'message_type', 'google.x', 'gcm.notification.e']) {
      assert.equal(
        judge({ data: { [key]: 'x' } }),
        `Invalid value at 'message.data.${key}': Invalid data payload key: ${key}`,
      );
    }
    assert.equal(judge({ data: { from_where: 'x', google: 'y' } }), 'fine');
  });

  it('refuses data values that are not text', () => {
    assert.match(judge({ data: { version: 1 } }), /^Invalid value at 'message\.data\.version'/);
  });

  it('refuses durations that are not seconds, or too long', () => {
    const at = "Invalid value at 'message.android.ttl': ";
    assert.equal(
      judge({ android: { ttl: '3600' } }),
      `${at}Illegal duration format; duration must end with 's'`,
    );
    assert.equal(judge({ android: { ttl: '2419201s' } }), 'ttl is over 4 weeks');
  });

  it('refuses a collapse id that APNs would not take', () => {
    const collapse = (id: string) => judge({ apns: { headers: { 'apns-collapse-id': id } } });
    assert.equal(collapse('x'.repeat(64)), 'fine');
    assert.equal(collapse('ü'.repeat(33)), 'apns-collapse-id is over 64 bytes');
  });

  it('takes 4096 bytes and not one more', () => {
    const framing = JSON.stringify({ notification: {}, data: { text: '' } }).length;
    assert.equal(judge({ data: { text: 'x'.repeat(4096 - framing) }, apns: {} }), 'fine');
    assert.equal(judge({ data: { text: 'x'.repeat(4097 - framing) } }), 'Android message is too big');
  });

  it('counts the APNs payload by itself', () => {
    assert.equal(judge({ apns: { payload: { text: 'x'.repeat(4096) } } }), 'APNs payload is too big');
  });

  it('refuses what is not JSON', () => {
    assert.deepEqual(parseRequest('{'), {
      ok: false,
      violations: [{ field: '', description: 'Invalid JSON payload received.' }],
    });
  });
});
