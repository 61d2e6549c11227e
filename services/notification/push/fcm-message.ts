import type { PushMessage } from './push-sender.ts';

/** apns-collapse-id's limit (developer.apple.com: "Sending notification requests to APNs"). */
const COLLAPSE_ID_MAX_BYTES = 64;
/** FCM keeps a message at most four weeks (firebase.google.com/docs/cloud-messaging/customize-messages/setting-message-lifespan). */
const TTL_MAX_MS = 28 * 24 * 3600 * 1000;

/** What is wrong with a message before anybody is asked, or undefined. */
export function findMessageFault(message: PushMessage): string | undefined {
  const idBytes = Buffer.byteLength(message.collapseId);
  if (idBytes < 1 || idBytes > COLLAPSE_ID_MAX_BYTES) {
    return `collapseId has ${String(idBytes)} bytes; 1 to ${String(COLLAPSE_ID_MAX_BYTES)} are allowed`;
  }
  if (!(message.ttlMs > 0)) return `ttlMs is ${String(message.ttlMs)}; the link has expired, mint a new one`;
  return undefined;
}

/**
 * The request of `projects.messages.send` for one push. `data` is what the app knows a repeat by; the tag (Android) and
 * the collapse id (iOS) make the system replace it where the app is not asked. Lifetimes are rounded down to seconds.
 * @param now epoch milliseconds
 */
export function toFcmRequest(message: PushMessage, now: number) {
  const { recipient, title, body, link, document, version, collapseId } = message;
  const ttlMs = Math.min(message.ttlMs, TTL_MAX_MS);
  const ttlS = Math.floor(ttlMs / 1000);
  return {
    message: {
      [recipient.kind]: recipient.value,
      notification: { title, body },
      data: { document, version: String(version), link },
      android: {
        ttl: `${String(ttlS)}s`,
        priority: 'HIGH',
        collapse_key: collapseId,
        notification: { tag: collapseId },
      },
      apns: {
        headers: {
          'apns-collapse-id': collapseId,
          'apns-expiration': String(Math.floor((now + ttlMs) / 1000)),
          'apns-priority': '10',
        },
        // Lets the app's notification service extension look at the push before it is displayed.
        payload: { aps: { 'mutable-content': 1 } },
      },
      webpush: { headers: { TTL: String(ttlS), Urgency: 'high' } },
    },
  };
}
