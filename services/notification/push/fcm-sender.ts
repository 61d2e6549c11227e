import { isParityError } from '../../../domain/errors.ts';
import { overdue, withinDeadline } from '../../kit/deadline.ts';
import type { Clock, Random } from '../../kit/ports.ts';
import type { AccessTokenSource } from './access-token-source.ts';
import { toOutcome } from './fcm-answer.ts';
import { createFcmConnection } from './fcm-connection.ts';
import type { Exchange } from './fcm-connection.ts';
import { findMessageFault, toFcmRequest } from './fcm-message.ts';
import type { PushMessage, PushOutcome, PushSender } from './push-sender.ts';
import { createTokenBucket } from './send-rate.ts';
import type { SendRate } from './send-rate.ts';

/** What the sender needs. */
export interface FcmSenderOptions {
  readonly baseUrl: string;
  readonly projectId: string;
  readonly credential: AccessTokenSource;
  readonly clock: Clock;
  readonly random: Random;
  /** For one try, with all that it asks of Google; a claim on a push is longer (`ledger.ts`). @default 10_000 */
  readonly timeoutMs?: number;
  /** @default a quarter of the project's quota: two clusters, each with two releases, may be sending */
  readonly rate?: SendRate;
}

const TIMEOUT_MS = 10_000;
const QUARTER_OF_QUOTA: SendRate = { perSecond: 2500, burst: 2500 };
/** Before connecting again to an FCM that could not be reached. */
const RECONNECT_PAUSE_MS = 1000;

/**
 * Sends by FCM HTTP v1 over one kept HTTP/2 connection. Waits are jittered upwards, by up to a half, so that what
 * failed together does not come back together (failures.md 48). A 401 is answered by one try with a fresh token.
 */
export function createFcmSender(options: FcmSenderOptions): PushSender {
  const { credential, clock, random, timeoutMs = TIMEOUT_MS } = options;
  const connection = createFcmConnection({ baseUrl: options.baseUrl, clock });
  const bucket = createTokenBucket(options.rate ?? QUARTER_OF_QUOTA, clock);
  const path = `/v1/projects/${options.projectId}/messages:send`;

  async function post(body: string): Promise<Exchange> {
    const until = clock.monotonic() + timeoutMs;
    const once = async (): Promise<Exchange & { readonly token?: string }> => {
      const token = await withinDeadline(credential.token(), { clock, ms: until - clock.monotonic() });
      if (token === overdue) return noToken;
      return {
        ...(await connection.post({ path, token, body, timeoutMs: until - clock.monotonic() })),
        token,
      };
    };
    const first = await once();
    if (first.token === undefined || first.kind !== 'answer' || first.answer.status !== 401) return first;
    credential.drop(first.token);
    return once();
  }

  async function send(message: PushMessage): Promise<PushOutcome> {
    const detail = findMessageFault(message);
    if (detail !== undefined) return { kind: 'invalid', detail };
    const waitMs = bucket.take();
    if (waitMs > 0) return { kind: 'retry_later', afterMs: waitMs, reason: 'quota' };
    try {
      const exchange = await post(JSON.stringify(toFcmRequest(message, clock.now())));
      return exchange.kind === 'answer' ? toOutcome(exchange.answer, clock.now()) : toLoss(exchange);
    } catch (error) {
      return toCredentialFault(error);
    }
  }

  return {
    send: async message => jitter(await send(message), random),
    close: () => connection.close(),
  };
}

const noToken: Exchange = { kind: 'not_sent', connected: false, reason: 'no access token in time' };

function toLoss(exchange: Exclude<Exchange, { kind: 'answer' }>): PushOutcome {
  if (exchange.kind === 'unknown') return exchange;
  return { kind: 'not_sent', afterMs: exchange.connected ? 0 : RECONNECT_PAUSE_MS, reason: exchange.reason };
}

function toCredentialFault(error: unknown): PushOutcome {
  if (isParityError(error, 'push_unavailable')) {
    return { kind: 'not_sent', afterMs: RECONNECT_PAUSE_MS, reason: error.message };
  }
  return { kind: 'retry_later', afterMs: 60_000, reason: 'credential' };
}

function jitter(outcome: PushOutcome, random: Random): PushOutcome {
  if (!('afterMs' in outcome)) return outcome;
  const fraction = random.bytes(2).readUInt16BE() / 0xffff;
  return { ...outcome, afterMs: Math.ceil(outcome.afterMs * (1 + fraction / 2)) };
}
