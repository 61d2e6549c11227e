import { keeperAnswerSchema, type KeeperAnswer } from '../../domain/keeper-answer.ts';
import type { ReleaseRole } from '../../domain/release-role.ts';
import type { Release } from '../../domain/release.ts';
import type { Log } from './logger.ts';
import type { Clock } from './ports.ts';

/** What the cluster's keeper says of our own release. */
export interface ReleaseRoles {
  /** Undefined when the release has no role, or the keeper is silent: then keep spool files and do not sweep. */
  roleOf(): ReleaseRole | undefined;
  /** The newest release whose work is taken for good; undefined when the keeper is silent or does not say. */
  proven(): Release | undefined;
}

/** Roles that are asked for until `close`. */
export interface KeeperRoles extends ReleaseRoles {
  close(): Promise<void>;
}

/** A keeper that has said nothing for so long is silent. */
export const keeperSilentAfterMs = 10_000;

const pollEveryMs = 500;
const answerWithinMs = 2_000;

interface Heard {
  readonly answer: KeeperAnswer;
  readonly atMs: number;
}

/** Asks `GET {keeperUrl}/roles` twice a second (`domain/keeper-answer.ts`). */
export function pollReleaseRoles(options: {
  readonly keeperUrl: string;
  readonly release: Release;
  readonly clock: Clock;
  readonly log: Log;
}): KeeperRoles {
  const { release, clock, log } = options;
  const url = new URL('roles', withSlash(options.keeperUrl));
  const closing = new AbortController();
  let heard: Heard | undefined;
  let answering = true;

  const ask = async () => {
    const answer = await fetchAnswer(url, closing.signal);
    answering = true;
    // A keeper that restarted may know an older record for a moment; what was newer stays true (design.md §1.5).
    if (answer.recordVersion < (heard?.answer.recordVersion ?? 0)) return;
    heard = { answer, atMs: clock.monotonic() };
  };
  const poll = async () => {
    while (!closing.signal.aborted) {
      await ask().catch((error: unknown) => {
        if (answering && !closing.signal.aborted) log.warn({ error }, 'The keeper does not answer.');
        answering = false;
      });
      await clock.delay(pollEveryMs, closing.signal).catch(() => {});
    }
  };
  const polling = poll();
  const lately = () =>
    heard !== undefined && clock.monotonic() - heard.atMs < keeperSilentAfterMs ? heard.answer : undefined;

  return {
    roleOf: () => lately()?.roles[release],
    proven: () => lately()?.proven,
    close: () => {
      closing.abort();
      return polling;
    },
  };
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

async function fetchAnswer(url: URL, closing: AbortSignal): Promise<KeeperAnswer> {
  const signal = AbortSignal.any([closing, AbortSignal.timeout(answerWithinMs)]);
  const answer = await fetch(url, { signal });
  return keeperAnswerSchema.parse(await answer.json());
}
