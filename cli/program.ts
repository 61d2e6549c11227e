import { Command } from 'commander';
import type { Cli } from './cli.ts';
import { addBeta } from './commands/beta.ts';
import { addDocument } from './commands/document.ts';
import { addHistory } from './commands/history.ts';
import { addInfra } from './commands/infra.ts';
import { addLocal } from './commands/local.ts';
import { addLogs } from './commands/logs.ts';
import { addParked } from './commands/parked.ts';
import { addPlan } from './commands/plan.ts';
import { addReconcile } from './commands/reconcile.ts';
import { addRevoke } from './commands/revoke.ts';
import { addSend } from './commands/send.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addToken } from './commands/token.ts';
import { reportError, type ExitCode } from './report-error.ts';
import type { World } from './world.ts';

const walk = `
A first walk:
  $ npm start                               two clusters, odd and even, on this machine
  $ ./parity send samples/licence.jpg       a driver sends a paper; see it come up on the phones' page
  $ ./parity local kill odd                 kill -9 for all of odd; now send another one
  $ ./parity document <id>                  what became of it, and who did it
  $ ./parity local heal odd                 odd comes back and goes on where it was

Exit codes: 0 done, 1 failed, 2 wrong usage.`;

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
  addBeta,
  addHistory,
  addLogs,
  addInfra,
];

/** Runs one command line; never throws. */
export async function runCli(args: readonly string[], world: World): Promise<ExitCode> {
  const program = createProgram(world);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Asked of the arguments themselves, for a command line that cannot be parsed has no options.
    return reportError(error, { json: args.includes('--json'), mention: world.mention });
  }
}

function createProgram(world: World): Command {
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
  for (const add of commands) add(program, { ...world, show, json });
  return program;
}
