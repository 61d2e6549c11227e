import { ParityError } from '../../domain/errors.ts';
import { runToEnd } from './child.ts';
import type { Command } from './child.ts';
import type { Machine } from './engine.ts';
import { findProgram } from './programs.ts';

/** The user `nobody`: PostgreSQL asks for the name of its user, and every machine has this one. */
const nobody = '65534';

/** How to start a program that refuses to be root. */
export type OrdinaryUser = <C extends Pick<Command, 'program' | 'args'>>(command: C) => C;

/**
 * PostgreSQL refuses root. For root it therefore runs in a user namespace in which we are somebody else; outside it,
 * and so on disk, everything stays root's. For an ordinary user nothing changes.
 *
 * @throws ParityError `engine_missing` for a root that may not make user namespaces
 */
export async function ordinaryUser(machine: Machine): Promise<OrdinaryUser> {
  if (process.getuid?.() !== 0) return command => command;
  const unshare = await findProgram(machine, 'unshare');
  const prefix = ['--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'];
  const refused =
    'PostgreSQL does not run as root, and a user namespace for it cannot be made here (util-linux, unshare --user). ' +
    'Run Parity as an ordinary user, or give a database: PARITY_MONGODB_URL.';
  if (!unshare) throw new ParityError('engine_missing', refused);
  try {
    await runToEnd({
      name: 'unshare',
      program: unshare,
      args: [...prefix, 'true'],
      env: machine.env,
      cwd: '/',
    });
  } catch (cause) {
    throw new ParityError('engine_missing', refused, { cause });
  }
  return command => ({ ...command, program: unshare, args: [...prefix, command.program, ...command.args] });
}
