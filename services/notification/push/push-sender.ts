/** Whose phone: a Firebase installation id, or the registration token that it replaces. */
export interface PushRecipient {
  readonly kind: 'token' | 'fid';
  readonly value: string;
}

/** One push about one version of a paper. */
export interface PushMessage {
  readonly recipient: PushRecipient;
  readonly title: string;
  readonly body: string;
  /** Absolute URL of the paper, a bearer token in itself; never logged. */
  readonly link: string;
  readonly document: string;
  readonly version: number;
  /** How long FCM may keep trying; > 0, and never longer than the link lives. */
  readonly ttlMs: number;
  /** What makes a repeat replace the first on the phone; 1 to 64 bytes of UTF-8 (APNs' limit). */
  readonly collapseId: string;
}

/**
 * What is known after a try.
 * - `sent`: FCM has taken it.
 * - `unregistered`: the app is gone; forget the recipient.
 * - `sender_mismatch`: the recipient belongs to another Firebase project; raise an alarm on the configuration.
 * - `invalid`: this message will never pass; keep the recipient, park the message. `detail` names no content.
 * - `retry_later`: FCM has refused it for now; try again no sooner than after `afterMs`. `credential` means that
 *   Google does not accept our account, which a person has to put right.
 * - `not_sent`: it never reached FCM; a repeat is harmless, `afterMs` from now (0 = at once).
 * - `unknown`: it may have been sent or not. A repeat may arrive twice and is shown once.
 */
export type PushOutcome =
  | { readonly kind: 'sent'; readonly messageId: string }
  | { readonly kind: 'unregistered' }
  | { readonly kind: 'sender_mismatch' }
  | { readonly kind: 'invalid'; readonly detail: string }
  | { readonly kind: 'retry_later'; readonly afterMs: number; readonly reason: RetryReason }
  | { readonly kind: 'not_sent'; readonly afterMs: number; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Why FCM refuses for now. */
export type RetryReason = 'quota' | 'unavailable' | 'internal' | 'credential';

/** Sends pushes, each once: it never repeats a message whose outcome is not known; that is the caller's to decide. */
export interface PushSender {
  /** Tries once. Never rejects. */
  send(message: PushMessage): Promise<PushOutcome>;
  /** Lets what is under way end; what is sent after that is `not_sent`. */
  close(): Promise<void>;
}
