import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { readIfThere, writePrivateFile } from '../state/private-file.ts';

const instant = z.iso.datetime();
const membership = z.strictObject({ user: z.string().min(1), cohort: z.string().min(1), until: instant });
const cohortFile = z.strictObject({ schema: z.literal(1), members: z.array(membership) });

/** That a user is in a cohort, until an instant. */
export type Membership = z.infer<typeof membership>;

/**
 * The laptop's cohorts, which whoever signs a token asks; the user service keeps them where there is one (design.md
 * §2). One writer at a time: the person at the keyboard.
 */
export interface CohortFile {
  /** Who is in which cohort now, by user. */
  list(): Promise<Membership[]>;
  /** The cohorts that a user's next token names. */
  cohortsOf(user: string): Promise<string[]>;
  /** Puts users into a cohort until `until`, also those who are in it already. */
  add(cohort: string, users: readonly string[], until: string): Promise<void>;
  /** Takes users out of a cohort; who is not in it stays out. */
  remove(cohort: string, users: readonly string[]): Promise<void>;
}

/** Each method throws ParityError `invalid_configuration` when the file is not what was written. */
export function cohortFileAt(path: string, clock: { now(): number }): CohortFile {
  const list = async () => {
    const members = parse(path, await readIfThere(path));
    return members.filter(({ until }) => Date.parse(until) > clock.now());
  };
  const change = async (cohort: string, users: readonly string[], added: readonly Membership[]) => {
    const others = (await list()).filter(member => member.cohort !== cohort || !users.includes(member.user));
    const members = [...others, ...added].sort((a, b) => a.user.localeCompare(b.user));
    await writePrivateFile(path, `${JSON.stringify({ schema: 1, members }, undefined, 2)}\n`);
  };
  return {
    list,
    cohortsOf: async user =>
      (await list()).filter(member => member.user === user).map(({ cohort }) => cohort),
    add: (cohort, users, until) =>
      change(
        cohort,
        users,
        [...new Set(users)].map(user => ({ user, cohort, until })),
      ),
    remove: (cohort, users) => change(cohort, users, []),
  };
}

function parse(path: string, text: string | undefined): Membership[] {
  if (text === undefined) return [];
  try {
    return cohortFile.parse(JSON.parse(text)).members;
  } catch (cause) {
    throw new ParityError(
      'invalid_configuration',
      `${path} is damaged: delete it, and add the users again.`,
      {
        cause,
      },
    );
  }
}
