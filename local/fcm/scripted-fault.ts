import type { ApiAnswer } from './google-error.ts';
import { googleError } from './google-error.ts';

/**
 * What the stand-in does with one message: show it and answer, answer with an error, or misbehave on the wire.
 * `reset` shows the push and then resets the stream, `hang` neither shows nor answers, `refuse` resets with
 * REFUSED_STREAM, and `goaway` ends the connection with this stream above the last one processed.
 */
export type Fate =
  | { readonly kind: 'deliver' }
  | { readonly kind: 'answer'; readonly answer: ApiAnswer }
  | { readonly kind: 'reset' | 'hang' | 'refuse' | 'goaway' };

interface ErrorLine {
  readonly status: readonly [http: number, google: string];
  readonly code: string;
  readonly message: string;
  readonly retryAfterS?: number;
}

/** The faults by the first word of a device token; texts and statuses as Google's. */
const fates = {
  unregistered: answer({
    status: [404, 'NOT_FOUND'],
    code: 'UNREGISTERED',
    message: 'Requested entity was not found.',
  }),
  'sender-mismatch': answer({
    status: [403, 'PERMISSION_DENIED'],
    code: 'SENDER_ID_MISMATCH',
    message: 'SenderId mismatch',
  }),
  invalid: answer({
    status: [400, 'INVALID_ARGUMENT'],
    code: 'INVALID_ARGUMENT',
    message: 'The registration token is not a valid FCM registration token',
  }),
  quota: answer({
    status: [429, 'RESOURCE_EXHAUSTED'],
    code: 'QUOTA_EXCEEDED',
    message: 'Quota exceeded for this message target.',
    retryAfterS: 90,
  }),
  unavailable: answer({
    status: [503, 'UNAVAILABLE'],
    code: 'UNAVAILABLE',
    message: 'The service is currently unavailable.',
    retryAfterS: 2,
  }),
  internal: answer({
    status: [500, 'INTERNAL'],
    code: 'INTERNAL',
    message: 'Internal error encountered.',
  }),
  reset: { kind: 'reset' },
  hang: { kind: 'hang' },
  refused: { kind: 'refuse' },
  goaway: { kind: 'goaway' },
} as const satisfies Record<string, Fate>;

/** The first words of a device token that make the stand-in fail. */
export const faultNames = Object.keys(fates) as readonly (keyof typeof fates)[];

const scripted = new RegExp(`^(${faultNames.join('|')})-(?:(\\d{1,3})x-)?`);
/** Tokens whose tries are remembered; the oldest are forgotten first. */
const tokensMax = 1000;

/**
 * Errors on demand by token name: `unavailable-anna` always fails, `unavailable-2x-anna` fails the first two
 * tries and then works. Every other token is delivered. Tries are counted per token, until the next restart.
 */
export function createFaultScript(): (token: string) => Fate {
  const tries = new Map<string, number>();
  return token => {
    const [, name, times] = scripted.exec(token) ?? [];
    if (!isFaultName(name)) return { kind: 'deliver' };
    if (times === undefined) return fates[name];
    const before = tries.get(token) ?? 0;
    tries.delete(token);
    tries.set(token, before + 1);
    const oldest = tries.keys().next();
    if (tries.size > tokensMax && !oldest.done) tries.delete(oldest.value);
    return before < Number(times) ? fates[name] : { kind: 'deliver' };
  };
}

function isFaultName(name: string | undefined): name is keyof typeof fates {
  return name !== undefined && name in fates;
}

function answer({ status, code, message, retryAfterS }: ErrorLine): Fate {
  const headers = retryAfterS === undefined ? {} : { headers: { 'retry-after': String(retryAfterS) } };
  const error = googleError({ httpStatus: status[0], status: status[1], code, message, ...headers });
  return { kind: 'answer', answer: error };
}
