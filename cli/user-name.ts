/** What a process knows of whoever runs it. */
export interface RunningUser {
  /** Throws where the system has a number for the user, and no name, as in many containers. */
  readonly info: () => { readonly username: string };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
}

/** Who is at work, for the journal: never nothing. */
export function userName({ info, env, uid }: RunningUser): string {
  try {
    return info().username;
  } catch {
    return env['USER'] || `user ${uid ?? 'unknown'}`;
  }
}
