import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { parities } from '../../domain/parity.ts';
import type { Release } from '../../domain/release.ts';
import type { Clock } from '../../release/ports.ts';

/** One request of a smoke test, as an app sends it; all of them may be repeated. */
export interface SmokeRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Blob;
  /** The answer that is right; another one is repeated for a while. */
  readonly status: number;
}

/** What was answered. */
export interface SmokeAnswer {
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Asks as one user, and takes an answer from nobody but the release that is tried. */
export interface SmokeClient {
  /** @throws ParityError `unreachable` that says what came instead */
  ask(request: SmokeRequest): Promise<SmokeAnswer>;
}

/** How a smoke test asks. */
export interface SmokeClientOptions {
  readonly url: string;
  readonly token: string;
  /** Who must answer. */
  readonly release: Release;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/**
 * An app repeats what fails, and so does a smoke test: it asks whether a release works at all. How often it fails is for
 * the gates to see, which have figures.
 */
const patienceMs = 10_000;
const pauseMs = 250;
/** Whatever is asked, one answer may take so long. */
export const answerWithinMs = 10_000;

/** Makes a client. */
export function smokeClient(options: SmokeClientOptions): SmokeClient {
  const { clock } = options;
  return {
    ask: async request => {
      const until = clock.monotonic() + patienceMs;
      for (;;) {
        const outcome = await askOnce(options, request);
        if ('body' in outcome) return outcome;
        if (clock.monotonic() > until) throw new ParityError('unreachable', outcome.instead);
        await clock.delay(pauseMs);
      }
    },
  };
}

async function askOnce(
  { url, token, release, fetch }: SmokeClientOptions,
  { method = 'GET', path, headers, body, status }: SmokeRequest,
): Promise<SmokeAnswer | { readonly instead: string }> {
  const asked = `${method} ${path}`;
  try {
    const answer = await fetch(`${url}${path}`, {
      method,
      body,
      headers: { ...headers, authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const content = Buffer.from(await answer.arrayBuffer());
    const servedBy = answer.headers.get('x-parity-served-by') ?? 'nobody of ours';
    if (!parities.some(parity => servedBy === `${parity}/${release}`)) {
      return {
        instead: `${asked} was answered by ${servedBy} (${answer.status}), not by release ${release}`,
      };
    }
    if (answer.status === status) return { headers: answer.headers, body: content };
    return { instead: `${asked} was answered ${answer.status}${codeIn(content)}, not ${status}` };
  } catch (error) {
    return { instead: `${asked} was not answered: ${String(error)}` };
  }
}

const refusal = z.object({ error: z.object({ code: z.string() }) });

/** The code that a refusal names. */
export function codeOf(body: Buffer): string | undefined {
  try {
    return refusal.safeParse(JSON.parse(body.toString('utf8'))).data?.error.code;
  } catch {
    return undefined;
  }
}

function codeIn(body: Buffer): string {
  const code = codeOf(body);
  return code === undefined ? '' : ` (${code})`;
}
