import { Command } from 'commander';
import type { Cli } from './cli.ts';
import { addBeta } from './commands/beta.ts';
import { addDocument } from './commands/document.ts';
import { addDrill } from './commands/drill.ts';
import { addHistory } from './commands/history.ts';
import { addInfra } from './commands/infra.ts';
import { addLocal } from './commands/local.ts';
import { addLogs } from './commands/logs.ts';
import { addParked } from './commands/parked.ts';
import { addPlan } from './commands/plan.ts';
import { addPromote } from './commands/promote.ts';
import { addReprocess } from './commands/reprocess.ts';
import { addReconcile } from './commands/reconcile.ts';
import { addRevoke } from './commands/revoke.ts';
import { addRollback } from './commands/rollback.ts';
import { addSend } from './commands/send.ts';
import { addShift } from './commands/shift.ts';
import { addShip } from './commands/ship.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addToken } from './commands/token.ts';
import { addTurn } from './commands/turn.ts';
import { reportError, type ExitCode } from './report-error.ts';
import type { World } from './world.ts';

const walk = `
A first walk:
  $ npm start                               two clusters, odd and even, on this machine
  $ ./parity send samples/licence.jpg       a driver sends a paper; see it come up on the phones' page
  $ ./parity local kill odd                 kill -9 for all of odd; now send another one
  $ ./parity document <id>                  what became of it, and who did it
  $ ./parity local heal odd                 odd comes back and goes on where it was
  $ ./parity ship 2                         the next sprint: beside the live one, tested, then more and more users
  $ ./parity status --watch                 both clusters and the release under way, on one screen
  $ ./parity drill live                     rehearse the death of the live cluster, and measure it

Exit codes: 0 done, 1 failed (and why), 2 wrong usage, 3 rolled back, 4 waiting for a person.`;

const commands = [
  addStart,
  addStatus,
  addSend,
  addDocument,
  addRevoke,
  addToken,
  addLocal,
  addParked,
  addReconcile,
  addPlan,
  addShip,
  addBeta,
  addShift,
  addPromote,
  addRollback,
  addTurn,
  addReprocess,
  addDrill,
  addHistory,
  addLogs,
  addInfra,
];

/** Runs one command line; never throws. */
export async function runCli(args: readonly string[], world: World): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = createProgram(world, end => (code = end));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Asked of the arguments themselves, for a command line that cannot be parsed has no options.
    return reportError(error, { json: args.includes('--json'), mention: world.mention });
  }
}

function createProgram(world: World, endWith: Cli['endWith']): Command {
  const program = new Command('parity')
    .description('Two clusters, odd and even, that finish each other’s work.')
    .option('--json', 'one line of JSON instead of text; errors too, on stderr')
    .addHelpText('after', walk)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: text => world.print(text.trimEnd()),
      writeErr: text => world.mention(text.trimEnd()),
      // reportError tells it.
      outputError: () => {},
    });
  const json = () => program.opts<{ json?: true }>().json === true;
  const show: Cli['show'] = result => world.print(json() ? JSON.stringify(result.json) : result.text);
  for (const add of commands) add(program, { ...world, show, json, endWith });
  return program;
}
