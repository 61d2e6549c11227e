/** Who somebody is to a broker or a database. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What a user may do: everything, or what services do. */
export type ServerRole = 'administrator' | 'service';

/** The users of a broker or a database. */
export interface ServerUsers {
  /**
   * Makes a user, or gives it this password and role; the same again changes nothing.
   * @throws ParityError `broker_unavailable` or `database_unavailable` when it does not answer, `forbidden` when `as`
   * may not.
   */
  put(as: Credentials, user: Credentials, role: ServerRole): Promise<void>;
  /** What the holder of these credentials is; undefined for credentials that are not good. */
  roleOf(credentials: Credentials): Promise<ServerRole | undefined>;
}

/** The versions of a secret that matter: the one in use, and the one that will be. */
export type Stage = 'AWSCURRENT' | 'AWSPENDING';

/** Secrets that hold credentials. */
export interface Secrets {
  /** The stages of each version that has any. */
  stages(secret: string): Promise<ReadonlyMap<string, readonly string[]>>;
  /** What lies in a stage; undefined when nothing does, or a version without a value. */
  read(secret: string, stage: Stage): Promise<Credentials | undefined>;
  /** Keeps a value as the pending version; the same version with the same value again changes nothing. */
  keepPending(secret: string, version: string, value: Credentials): Promise<void>;
  /** Moves what is current from one version to another. */
  makeCurrent(secret: string, versions: { readonly from: string; readonly to: string }): Promise<void>;
}
