import { z } from 'zod';
import { userId, userIdRule } from '../../domain/claims.ts';
import { ParityError } from '../../domain/errors.ts';
import { fileObjects } from '../../release/adapters/file-objects.ts';
import type { Clock, Random } from '../../release/ports.ts';
import { compareAndSet } from '../../release/store/compare-and-set.ts';
import { parseKept } from '../state/parse-kept.ts';
import type { StatePaths } from '../state/state-paths.ts';

const instant = z.iso.datetime();
const membership = z.strictObject({ user: userId, cohort: z.string().min(1), until: instant });
const stored = z.strictObject({ schema: z.literal(1), members: z.array(membership) });

/** That a user is in a cohort, until an instant. */
export type Membership = z.infer<typeof membership>;

/**
 * The laptop's cohorts, which whoever signs a token asks; the user service keeps them where there is one (design.md
 * §2). Any number of people may change them at once.
 */
export interface CohortStore {
  /** Who is in which cohort now, by user. */
  list(): Promise<Membership[]>;
  /** The cohorts that a user's next token names. */
  cohortsOf(user: string): Promise<string[]>;
  /** Puts users into a cohort until `until`, also those who are in it already. @throws ParityError `invalid_request` */
  add(cohort: string, users: readonly string[], until: string): Promise<void>;
  /** Takes users out of a cohort; who is not in it stays out. */
  remove(cohort: string, users: readonly string[]): Promise<void>;
}

/** Each method throws ParityError `invalid_configuration` when what lies there is not what was written. */
export function cohortStore(world: {
  readonly paths: Pick<StatePaths, 'cohorts'>;
  readonly clock: Clock;
  readonly random: Random;
}): CohortStore {
  const { paths, clock, random } = world;
  const objects = fileObjects<'members'>({ root: paths.cohorts, random });
  const isNow = ({ until }: Membership) => Date.parse(until) > clock.now();
  const read = async () => {
    const found = await objects.read('members');
    return { tag: found?.tag, members: parse(paths.cohorts, found?.text).filter(isNow) };
  };
  const change = (cohort: string, users: readonly string[], added: readonly Membership[]) =>
    compareAndSet(clock, async () => {
      const { tag, members: before } = await read();
      const others = before.filter(member => member.cohort !== cohort || !users.includes(member.user));
      const members = [...others, ...added].sort((a, b) => a.user.localeCompare(b.user));
      const text = `${JSON.stringify({ schema: 1, members }, undefined, 2)}\n`;
      const outcome = await objects.write('members', text, tag);
      return outcome === 'written' ? outcome : undefined;
    });
  return {
    list: async () => (await read()).members,
    cohortsOf: async user =>
      (await read()).members.filter(member => member.user === user).map(({ cohort }) => cohort),
    add: async (cohort, users, until) => {
      for (const user of users) mustBeUserId(user);
      await change(
        cohort,
        users,
        [...new Set(users)].map(user => ({ user, cohort, until })),
      );
    },
    remove: async (cohort, users) => {
      await change(cohort, users, []);
    },
  };
}

function mustBeUserId(user: string): void {
  if (userId.safeParse(user).success) return;
  throw new ParityError('invalid_request', `${JSON.stringify(user)} is no user. ${userIdRule}`);
}

function parse(path: string, text: string | undefined): Membership[] {
  if (text === undefined) return [];
  return parseKept(text, stored, { path, wayOut: 'delete it, and add the users again' }).members;
}
