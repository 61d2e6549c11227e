/** Where and as whom AWS is called; what is left out comes from the SDK's own chain (environment, role of the runner). */
export interface AwsAccess {
  readonly region: string;
  /** Another address than the service's own: a stand-in. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A connection inside AWS is there in milliseconds; whatever takes longer does not come. */
const connectWithinMs = 1_000;

/** From the request to the end of the answer; all calls of ours are small. */
const answerWithinMs = 4_000;

/** Longest a call with all its repeats may take, the SDK's pauses between them included (see call-aws.ts). */
export const callWithinMs = 15_000;

/** A client's configuration: every request has a deadline, and is sent `attempts` times at the most. */
export function clientConfig({ region, endpoint, credentials }: AwsAccess, attempts = 3) {
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectWithinMs,
      requestTimeout: answerWithinMs,
      throwOnRequestTimeout: true,
      // The body of an answer that began and then froze.
      socketTimeout: answerWithinMs,
    },
  };
}
