import type { Release } from '../domain/release.ts';
import type { Try, Upload } from './fleet/upload.ts';

/** Where users were served during a fault. */
export interface WhereUsersWent {
  /** Users whom their own release served. */
  readonly kept: number;
  /** Users whom the live release served at least once instead. */
  readonly onLive: number;
  /** Who was served by any other, and by which. */
  readonly elsewhere: readonly string[];
}

/** The fault's time, epoch milliseconds, and where users belonged in it. */
export interface FaultTime {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly live: Release;
  readonly releaseOf: (user: string) => Release;
}

/** Which releases served the papers that users sent in that time. */
export function whereUsersWent(
  uploads: readonly Upload[],
  { fromMs, untilMs, live, releaseOf }: FaultTime,
): WhereUsersWent {
  let [kept, onLive] = [0, 0];
  const elsewhere: string[] = [];
  for (const [user, own] of Map.groupBy(uploads, upload => upload.user)) {
    const served = own
      .flatMap(({ tries }) => tries)
      .filter(({ status, sentAt }) => status === 202 && sentAt >= fromMs && sentAt < untilMs)
      .map(servingRelease);
    const usual = releaseOf(user);
    const strange = served.find(release => release !== usual && release !== live);
    if (strange !== undefined) elsewhere.push(`${user}, who is on ${usual}: ${strange}`);
    else if (served.every(release => release === usual)) kept += Math.min(1, served.length);
    else onLive += 1;
  }
  return { kept, onLive, elsewhere };
}

/** `2` of `even/2`. */
function servingRelease({ servedBy }: Try): string {
  return servedBy.split('/')[1] ?? servedBy;
}
