/**
 * Every way in which Parity refuses or fails, once. `status` is the HTTP answer, `exit` the CLI's exit code
 * (1 failed, 2 usage). The code is stable: clients and operators may rely on it; the message is for people.
 */
export const errorCodes = {
  invalid_request: { status: 400, exit: 2 },
  incomplete_body: { status: 400, exit: 1 },
  unauthenticated: { status: 401, exit: 1 },
  forbidden: { status: 403, exit: 1 },
  link_invalid: { status: 403, exit: 1 },
  not_found: { status: 404, exit: 1 },
  method_not_allowed: { status: 405, exit: 1 },
  body_too_slow: { status: 408, exit: 1 },
  conflict: { status: 409, exit: 1 },
  link_expired: { status: 410, exit: 1 },
  link_revoked: { status: 410, exit: 1 },
  document_too_large: { status: 413, exit: 1 },
  digest_mismatch: { status: 422, exit: 1 },
  idempotency_key_reused: { status: 422, exit: 1 },
  document_corrupt: { status: 500, exit: 1 },
  rate_limited: { status: 429, exit: 1 },
  headers_too_large: { status: 431, exit: 1 },
  internal: { status: 500, exit: 1 },
  broker_unavailable: { status: 503, exit: 1 },
  database_unavailable: { status: 503, exit: 1 },
  spool_unavailable: { status: 503, exit: 1 },
  vault_unavailable: { status: 503, exit: 1 },
  keys_unavailable: { status: 503, exit: 1 },
  overloaded: { status: 503, exit: 1 },
  timed_out: { status: 504, exit: 1 },
  spool_full: { status: 507, exit: 1 },
  file_unavailable: { status: 503, exit: 1 },
  invalid_configuration: { status: 500, exit: 2 },
  invalid_record: { status: 500, exit: 1 },
  ref_unknown: { status: 404, exit: 1 },
  not_a_checkout: { status: 409, exit: 1 },
  install_failed: { status: 500, exit: 1 },
  release_unknown: { status: 404, exit: 1 },
  release_unfit: { status: 422, exit: 1 },
  release_refused: { status: 409, exit: 1 },
  release_taken_back: { status: 409, exit: 1 },
  record_conflict: { status: 409, exit: 1 },
  record_unavailable: { status: 503, exit: 1 },
  already_shipping: { status: 409, exit: 1 },
  lease_lost: { status: 409, exit: 1 },
  release_stopped: { status: 409, exit: 1 },
  engine_missing: { status: 500, exit: 1 },
  engine_failed: { status: 500, exit: 1 },
  service_failed: { status: 500, exit: 1 },
  gateway_refused: { status: 500, exit: 1 },
  port_taken: { status: 500, exit: 1 },
  already_running: { status: 500, exit: 1 },
  would_lose: { status: 409, exit: 1 },
  not_running: { status: 500, exit: 1 },
  unreachable: { status: 503, exit: 1 },
  control_plane_down: { status: 503, exit: 1 },
  control_plane_refused: { status: 502, exit: 1 },
  send_failed: { status: 500, exit: 1 },
  push_refused: { status: 502, exit: 1 },
  push_unavailable: { status: 503, exit: 1 },
} as const satisfies Record<string, { status: number; exit: 1 | 2 }>;

/** The stable name of one refusal or failure. */
export type ErrorCode = keyof typeof errorCodes;

/** What may accompany an error: its cause, and for a passing one how long to wait before trying again. */
export interface ParityErrorOptions extends ErrorOptions {
  /** Seconds after which a repeat may succeed; becomes `Retry-After`. */
  readonly retryAfterS?: number;
}

/**
 * The one error that Parity throws for the world's faults and the caller's mistakes. The message says what happened,
 * to what, and what to do; it never holds a secret or a document's content.
 */
export class ParityError extends Error {
  override readonly name = 'ParityError';
  readonly code: ErrorCode;
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, message: string, options: ParityErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.retryAfterS = options.retryAfterS;
  }
}

/** True when `error` is a ParityError, of the given code if one is given. */
export function isParityError(error: unknown, code?: ErrorCode): error is ParityError {
  return error instanceof ParityError && (code === undefined || error.code === code);
}
