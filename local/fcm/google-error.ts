/** One thing wrong with a request, as `google.rpc.BadRequest.FieldViolation` says it. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** An answer of the API: the HTTP status, extra headers and the JSON body. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What `googleError` needs to know; `code` is FCM's own error code where there is one. */
export interface GoogleErrorOptions {
  readonly httpStatus: number;
  readonly status: string;
  readonly message: string;
  readonly code?: string;
  readonly violations?: readonly FieldViolation[];
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error as Google's APIs write it (`google.rpc.Status`), with FCM's code in `details`.
 * Source: firebase.google.com/docs/reference/fcm/rest/v1/FcmError, cloud.google.com/apis/design/errors.
 */
export function googleError(options: GoogleErrorOptions): ApiAnswer {
  const { httpStatus, status, message, code, violations, headers } = options;
  const details = [
    ...(code ? [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: code }] : []),
    ...(violations
      ? [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations }]
      : []),
  ];
  const error = { code: httpStatus, message, status, ...(details.length > 0 ? { details } : {}) };
  return { status: httpStatus, ...(headers ? { headers } : {}), body: { error } };
}

/** 400 INVALID_ARGUMENT; the first violation is the message, as Google does. */
export function invalidArgument(violations: readonly FieldViolation[]): ApiAnswer {
  return googleError({
    httpStatus: 400,
    status: 'INVALID_ARGUMENT',
    message: violations[0]?.description ?? 'Request contains an invalid argument.',
    code: 'INVALID_ARGUMENT',
    violations,
  });
}
