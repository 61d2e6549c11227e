/** Where the bearer token for FCM comes from. */
export interface AccessTokenSource {
  /**
   * A token that is good for some more time.
   * @throws ParityError `push_refused` when the account is not accepted, `push_unavailable` when nobody answers
   */
  token(): Promise<string>;
  /** The API did not accept this token: forget it, unless it has been replaced meanwhile. */
  drop(token: string): void;
}
