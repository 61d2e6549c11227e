import { z } from 'zod';
import type { PushOutcome } from './push-sender.ts';
import { parseJson } from '../../../domain/parse-json.ts';

/** An answer of FCM, whole. */
export interface FcmAnswer {
  readonly status: number;
  /** The Retry-After header, if there is one. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** Google asks for a minute where 429 names no time, and we give it that at least (facts: "back off >= 60 s"). */
const QUOTA_PAUSE_MS = 60_000;
/** The least first pause after a 500 or 503 (firebase.google.com/docs/cloud-messaging/scale-fcm: "10 seconds"). */
const FAILURE_PAUSE_MS = 10_000;
/** A wrong account stays wrong until a person acts. */
const CREDENTIAL_PAUSE_MS = 60_000;

const success = z.object({ name: z.string().regex(/^projects\/[^/]+\/messages\/.+$/) });
const failure = z.object({
  error: z.object({
    status: z.string().optional(),
    message: z.string().optional(),
    details: z.array(z.looseObject({ errorCode: z.string().optional() })).optional(),
  }),
});

/**
 * What an answer of FCM means (firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode). FCM's own code decides
 * before the HTTP status: a bare 404 is a wrong address, not a removed app. 502 and 504 come from a proxy that
 * does not know what became of the request.
 * @param now epoch milliseconds, for a Retry-After that is a date
 */
export function toOutcome(answer: FcmAnswer, now: number): PushOutcome {
  const { status, body } = answer;
  if (status === 200) return toSent(body);
  const { code, detail } = describeFailure(answer);
  const afterMs = (floorMs: number) => Math.max(floorMs, parseRetryAfter(answer.retryAfter, now));

  if (code === 'UNREGISTERED') return { kind: 'unregistered' };
  if (code === 'SENDER_ID_MISMATCH') return { kind: 'sender_mismatch' };
  if (status === 401 || status === 403) {
    return { kind: 'retry_later', afterMs: CREDENTIAL_PAUSE_MS, reason: 'credential' };
  }
  if (status === 429) return { kind: 'retry_later', afterMs: afterMs(QUOTA_PAUSE_MS), reason: 'quota' };
  if (status === 503)
    return { kind: 'retry_later', afterMs: afterMs(FAILURE_PAUSE_MS), reason: 'unavailable' };
  if (status === 500) return { kind: 'retry_later', afterMs: afterMs(FAILURE_PAUSE_MS), reason: 'internal' };
  if (status >= 500 || status === 408 || status < 400) return { kind: 'unknown', reason: detail };
  return { kind: 'invalid', detail };
}

function toSent(body: string): PushOutcome {
  const parsed = success.safeParse(parseJson(body));
  if (!parsed.success) return { kind: 'unknown', reason: '200 without a message name' };
  return { kind: 'sent', messageId: parsed.data.name.slice(parsed.data.name.lastIndexOf('/') + 1) };
}

function describeFailure({ status, body }: FcmAnswer): { code: string | undefined; detail: string } {
  const parsed = failure.safeParse(parseJson(body));
  const error = parsed.success ? parsed.data.error : {};
  const code = error.details?.find(detail => detail.errorCode !== undefined)?.errorCode;
  return { code, detail: [status, code ?? error.status, error.message].filter(Boolean).join(' ') };
}

/** Delay in ms from a Retry-After header, seconds or a date (RFC 9110 §10.2.3); 0 when absent or unreadable. */
export function parseRetryAfter(value: string | undefined, now: number): number {
  if (value === undefined) return 0;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
