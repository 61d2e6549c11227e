import type { Role } from '../domain/claims.ts';
import { z } from 'zod';
import { dnsFailover } from '../domain/dns-failover.ts';
import { errorCodes, isParityError, ParityError, type ErrorCode } from '../domain/errors.ts';
import { parseJson } from '../domain/parse-json.ts';
import { cohortStore } from '../local/cohorts/cohort-store.ts';
import { signAccessToken } from '../local/keys/sign-access-token.ts';
import { readTokenSigningKey } from '../local/keys/token-signing-key.ts';
import { readRunFile } from '../local/state/run-file.ts';
import type { World } from './world.ts';

/** One request to the pair; all that the CLI sends may be repeated. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob | string;
  /**
   * When, on the monotonic clock, neither a repeat nor an answer is waited for any more. If absent it is repeated for
   * ten seconds while the pair is away or says "later", and an answer has a minute.
   */
  readonly endsAt?: number;
}

/** What the pair answered. */
export interface ApiAnswer {
  readonly status: number;
  /** Undefined when there is none. */
  readonly json: unknown;
  /** Who served it: `odd/1`. */
  readonly servedBy: string;
  /** How often it was sent. */
  readonly attempts: number;
}

/** The running pair, as one user sees it through its front door. */
export interface PairApi {
  readonly phonesUrl: string;
  /** @throws ParityError `not_running`, or what the pair refused with. */
  ask(request: ApiRequest): Promise<ApiAnswer>;
}

/** A failover takes the front door about half a second to notice. */
const repeatForMs = 10_000;
const firstPauseMs = 100;
const longestPauseMs = 2_000;
const answerWithinMs = 60_000;

/** Signs in at the running pair. @throws ParityError `not_running` */
export async function openPairApi(
  world: World,
  as: { user: string; roles: readonly Role[] },
): Promise<PairApi> {
  const run = await readRunFile(world.paths);
  if (run === undefined) throw notRunning();
  const key = await readTokenSigningKey(world.paths.keys);
  const cohorts = await cohortStore(world).cohortsOf(as.user);
  const token = await signAccessToken({ ...as, cohorts }, { key, clock: world.clock });
  return {
    phonesUrl: run.phonesUrl,
    ask: request => askPatiently(world, request, { url: run.url, token }),
  };
}

async function askPatiently(
  world: World,
  request: ApiRequest,
  to: { url: string; token: string },
): Promise<ApiAnswer> {
  const { clock } = world;
  const until = request.endsAt ?? clock.monotonic() + repeatForMs;
  for (let attempts = 1; ; attempts += 1) {
    const outcome = await askOnce(world, request, to);
    if ('answer' in outcome) return { ...outcome.answer, attempts };
    const pause = outcome.retryAfterMs ?? Math.min(firstPauseMs * 2 ** (attempts - 1), longestPauseMs);
    if (clock.monotonic() + pause > until) throw outcome.failure;
    await clock.delay(pause);
  }
}

const noAnswer =
  `The pair does not answer: see ./parity status. With --dns-like that may last ${dnsFailover.worstS} s after a ` +
  'cluster died, and longer for a client that never asks again.';

type Outcome =
  | { readonly answer: Omit<ApiAnswer, 'attempts'> }
  /** Worth repeating. */
  | { readonly failure: ParityError; readonly retryAfterMs?: number };

async function askOnce(
  { fetch, clock }: World,
  { method = 'GET', path, headers, body, endsAt = Infinity }: ApiRequest,
  { url, token }: { url: string; token: string },
): Promise<Outcome> {
  const sent = headersOf({ ...headers, authorization: `Bearer ${token}` });
  const withinMs = Math.min(answerWithinMs, Math.max(0, Math.ceil(endsAt - clock.monotonic())));
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: sent,
      body,
      signal: AbortSignal.timeout(withinMs),
    });
    return await outcomeOf(response);
  } catch (error) {
    if (isParityError(error)) throw error;
    if (isRefused(error)) throw notRunning(error);
    return { failure: new ParityError('unreachable', noAnswer, { cause: error }) };
  }
}

/** Said here, for `fetch` fails alike for what cannot be sent and for nobody who answers. */
function headersOf(given: Readonly<Record<string, string>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    try {
      headers.set(name, value);
    } catch (cause) {
      const message = `${JSON.stringify(value)} is no ${name}: leave out line ends and whatever is not ASCII.`;
      throw new ParityError('invalid_request', message, { cause });
    }
  }
  return headers;
}

async function outcomeOf(response: Response): Promise<Outcome> {
  const { status, headers } = response;
  const text = await response.text();
  if (response.ok) {
    const json: unknown = text === '' ? undefined : JSON.parse(text);
    return { answer: { status, json, servedBy: headers.get('x-parity-served-by') ?? 'unknown' } };
  }
  const failure = toldError(parseJson(text), status);
  if (!repeatable.has(status)) throw failure;
  const retryAfter = headers.get('retry-after') ?? '';
  return /^\d+$/.test(retryAfter) ? { failure, retryAfterMs: Number(retryAfter) * 1_000 } : { failure };
}

/** Answers after which the same request may succeed. */
const repeatable: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

function toldError(json: unknown, status: number): ParityError {
  const told = refusal.safeParse(json).data?.error;
  if (told === undefined) return new ParityError('internal', `The pair answered ${status} without a reason.`);
  return new ParityError(told.code in errorCodes ? (told.code as ErrorCode) : 'internal', told.message);
}

/** Nobody listens at the front door; a cluster that is away resets connections instead. */
function isRefused(error: unknown): boolean {
  return (
    error instanceof TypeError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED'
  );
}

function notRunning(cause?: unknown): ParityError {
  return new ParityError('not_running', 'Parity is not running here: start it with npm start.', { cause });
}
