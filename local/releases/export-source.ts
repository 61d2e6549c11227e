import { rm } from 'node:fs/promises';
import { isParityError, ParityError } from '../../domain/errors.ts';
import { runToEnd } from '../engines/child.ts';
import { installOnce } from '../engines/install-once.ts';
import { findProgram } from '../engines/programs.ts';

/** Where the project's history is, and the environment of programs that are run. */
export interface Project {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The commit that `ref` names now, all forty digits.
 * @throws ParityError `not_a_checkout`, `ref_unknown`
 */
export async function resolveRef(project: Project, ref: string): Promise<string> {
  await git(project, ['rev-parse', '--git-dir']).catch((cause: unknown) => {
    const message = `${project.folder} is no git checkout, so ${ref} names nothing there: leave the ref out to take the folder as it is.`;
    throw new ParityError('not_a_checkout', message, { cause });
  });
  try {
    const commit = await git(project, ['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`]);
    return commit.trim();
  } catch (cause) {
    const message = `No commit, tag or branch of ${project.folder} is called ${ref}: see git log --all, maybe fetch first.`;
    throw new ParityError('ref_unknown', message, { cause });
  }
}

/**
 * The commit that a checkout is at, twelve digits, followed by `-dirty` where its files are others; undefined where git
 * knows nothing of it.
 */
export async function describeCheckout(project: Project): Promise<string | undefined> {
  const args = ['describe', '--always', '--abbrev=12', '--exclude=*', '--dirty'];
  try {
    return (await git(project, args, { GIT_OPTIONAL_LOCKS: '0' })).trim();
  } catch (error) {
    if (!isParityError(error)) throw error;
    return undefined;
  }
}

/**
 * Puts the files of a commit into `target`, once. Plain files and no worktree: nothing of it is noted in the project's
 * repository, where it would outlive the state folder (docs/decisions/0040).
 */
export async function exportSource(project: Project, commit: string, target: string): Promise<void> {
  await installOnce(target, async folder => {
    const index = `${folder}.index`;
    try {
      await git(project, ['read-tree', commit], { GIT_INDEX_FILE: index });
      await git(project, ['checkout-index', '--all', `--prefix=${folder}/`], { GIT_INDEX_FILE: index });
    } finally {
      await rm(index, { force: true });
    }
  });
}

async function git(
  { folder, env }: Project,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const program = await findProgram({ env }, 'git');
  if (program === undefined) {
    throw new ParityError('engine_missing', 'git is not on PATH: a release from a ref needs it.');
  }
  const { PATH, HOME } = env;
  return await runToEnd({
    name: `git ${args[0] ?? ''}`,
    program,
    args: ['-C', folder, ...args],
    env: { PATH, HOME, ...more },
    cwd: folder,
  });
}
