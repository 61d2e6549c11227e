import { Command } from 'commander';
import type { Cli } from './cli.ts';
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

type AddCommands = (program: Command, cli: Cli) => void;

/** Each command by its name, and the file that adds it: a command line reads no more than its own. */
const commands = {
  start: async () => (await import('./commands/start.ts')).addStart,
  status: async () => (await import('./commands/status.ts')).addStatus,
  send: async () => (await import('./commands/send.ts')).addSend,
  document: async () => (await import('./commands/document.ts')).addDocument,
  revoke: async () => (await import('./commands/revoke.ts')).addRevoke,
  token: async () => (await import('./commands/token.ts')).addToken,
  local: async () => (await import('./commands/local.ts')).addLocal,
  parked: async () => (await import('./commands/parked.ts')).addParked,
  reconcile: async () => (await import('./commands/reconcile.ts')).addReconcile,
  plan: async () => (await import('./commands/plan.ts')).addPlan,
  ship: async () => (await import('./commands/ship.ts')).addShip,
  resume: async () => (await import('./commands/resume.ts')).addResume,
  beta: async () => (await import('./commands/beta.ts')).addBeta,
  shift: async () => (await import('./commands/shift.ts')).addShift,
  promote: async () => (await import('./commands/promote.ts')).addPromote,
  rollback: async () => (await import('./commands/rollback.ts')).addRollback,
  abort: async () => (await import('./commands/abort.ts')).addAbort,
  turn: async () => (await import('./commands/turn.ts')).addTurn,
  reprocess: async () => (await import('./commands/reprocess.ts')).addReprocess,
  drill: async () => (await import('./commands/drill.ts')).addDrill,
  history: async () => (await import('./commands/history.ts')).addHistory,
  logs: async () => (await import('./commands/logs.ts')).addLogs,
  infra: async () => (await import('./commands/infra.ts')).addInfra,
} satisfies Record<string, () => Promise<AddCommands>>;

/** Runs one command line; never throws. */
export async function runCli(args: readonly string[], world: World): Promise<ExitCode> {
  let code: ExitCode = 0;
  const name = args.find(arg => !arg.startsWith('-')) ?? '';
  const known = isCommand(name);
  try {
    const program = await createProgram(known ? [name] : allCommands, world, end => (code = end));
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    const help = known ? `./parity ${name} --help` : './parity --help';
    // Asked of the arguments themselves, for a command line that cannot be parsed has no options.
    return reportError(error, { json: args.includes('--json'), help, mention: world.mention });
  }
}

type CommandName = keyof typeof commands;

const allCommands = Object.keys(commands) as CommandName[];

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

async function createProgram(
  names: readonly CommandName[],
  world: World,
  endWith: Cli['endWith'],
): Promise<Command> {
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
  for (const add of await Promise.all(names.map(name => commands[name]())))
    add(program, { ...world, show, json, endWith });
  return program;
}
