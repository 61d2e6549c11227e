import { ParityError } from '../../../domain/errors.ts';
import { callWithinMs } from './aws-access.ts';

/** What the SDK throws, as far as it is asked: an answer of AWS has a status, a call without an answer has none. */
interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

/**
 * Calls AWS within a deadline over all repeats; `doing` completes "… could not": "look at the weights of api.…".
 * @throws ParityError `control_plane_down` when AWS does not answer, not even when asked again; `control_plane_refused`
 * when it answers no, in AWS' words
 */
export async function callAws<T>(
  doing: string,
  call: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await call({ abortSignal: AbortSignal.timeout(callWithinMs) });
  } catch (cause) {
    if (cause instanceof ParityError) throw cause;
    throw isRefusal(cause) ? refused(doing, cause) : down(doing, cause);
  }
}

/** What AWS said, in one line. */
export function awsWords(error: unknown): string {
  const { name, message } = sdkError(error);
  return `${name}: ${message}`;
}

/** The HTTP status and the code of an answer that was an error; neither where none came. */
export function awsAnswer(error: unknown): { readonly status: number | undefined; readonly code: string } {
  const { status, name } = sdkError(error);
  return { status, code: name };
}

/**
 * "Not now" under a status that says no. Source: Amazon Route 53 API Reference, "Common errors" and
 * "ChangeResourceRecordSets": while it works on one change of a zone, it takes no other.
 */
const notNow = /throttl|slowdown|^PriorRequestNotComplete$/i;

/** AWS answered, and asking again would not help; no credentials is an answer too. */
function isRefusal(error: unknown): boolean {
  const { status, name } = sdkError(error);
  if (name === 'CredentialsProviderError') return true;
  return status !== undefined && status < 500 && status !== 429 && !notNow.test(name);
}

function refused(doing: string, cause: unknown): ParityError {
  const message = `AWS refuses to ${doing}: ${awsWords(cause)}`;
  return new ParityError('control_plane_refused', message, { cause });
}

function down(doing: string, cause: unknown): ParityError {
  const message = `AWS does not answer to ${doing} (${awsWords(cause)}). Traffic does not need it; try again later.`;
  return new ParityError('control_plane_down', message, { cause });
}

function sdkError(error: unknown): SdkError {
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: String(error) };
  const metadata = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata;
  return { name, message, status: metadata?.httpStatusCode };
}
