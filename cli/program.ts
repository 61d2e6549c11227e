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

/** The commands of each heading in the help. A command line reads no more than the file of its own command. */
const groups = {
  'On this machine:': {
    start: async () => (await import('./commands/start.ts')).addStart,
    status: async () => (await import('./commands/status.ts')).addStatus,
    local: async () => (await import('./commands/local.ts')).addLocal,
    drill: async () => (await import('./commands/drill.ts')).addDrill,
    logs: async () => (await import('./commands/logs.ts')).addLogs,
    token: async () => (await import('./commands/token.ts')).addToken,
  },
  'Papers:': {
    send: async () => (await import('./commands/send.ts')).addSend,
    document: async () => (await import('./commands/document.ts')).addDocument,
    revoke: async () => (await import('./commands/revoke.ts')).addRevoke,
    parked: async () => (await import('./commands/parked.ts')).addParked,
    reconcile: async () => (await import('./commands/reconcile.ts')).addReconcile,
  },
  'Releases:': {
    plan: async () => (await import('./commands/plan.ts')).addPlan,
    ship: async () => (await import('./commands/ship.ts')).addShip,
    resume: async () => (await import('./commands/resume.ts')).addResume,
    promote: async () => (await import('./commands/promote.ts')).addPromote,
    shift: async () => (await import('./commands/shift.ts')).addShift,
    rollback: async () => (await import('./commands/rollback.ts')).addRollback,
    abort: async () => (await import('./commands/abort.ts')).addAbort,
    turn: async () => (await import('./commands/turn.ts')).addTurn,
    beta: async () => (await import('./commands/beta.ts')).addBeta,
    reprocess: async () => (await import('./commands/reprocess.ts')).addReprocess,
    history: async () => (await import('./commands/history.ts')).addHistory,
  },
  'On AWS:': {
    infra: async () => (await import('./commands/infra.ts')).addInfra,
  },
} satisfies Record<string, Record<string, () => Promise<AddCommands>>>;

interface KnownCommand {
  readonly name: string;
  readonly heading: string;
  readonly load: () => Promise<AddCommands>;
}

const commands: readonly KnownCommand[] = Object.entries(groups).flatMap(([heading, group]) =>
  Object.entries(group).map(([name, load]) => ({ name, heading, load })),
);

/** Runs one command line; never throws. */
export async function runCli(args: readonly string[], world: World): Promise<ExitCode> {
  let code: ExitCode = 0;
  const name = args.find(arg => !arg.startsWith('-'));
  const known = commands.find(each => each.name === name);
  // Asked of the arguments themselves, for a command line that cannot be parsed has no options.
  const isForPrograms = args.includes('--json');
  let program: Command | undefined;
  try {
    const wanted = known === undefined ? commands : [known];
    program = await createProgram(wanted, world, { isForPrograms, endWith: end => (code = end) });
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    const help = ['./parity', ...namesOf(program, args), '--help'].join(' ');
    return reportError(error, { json: isForPrograms, help, mention: world.mention });
  }
}

/** The names of the command that arguments begin with, and of its command below: `beta add`. */
function namesOf(program: Command | undefined, args: readonly string[]): string[] {
  const [name, ...more] = args.filter(arg => !arg.startsWith('-'));
  const command = program?.commands.find(each => each.name() === name);
  return command === undefined ? [] : [command.name(), ...namesOf(command, more)];
}

async function createProgram(
  wanted: readonly KnownCommand[],
  world: World,
  { isForPrograms, endWith }: Pick<Cli, 'endWith'> & { isForPrograms: boolean },
): Promise<Command> {
  const program = new Command('parity')
    .description('Two clusters, odd and even, that finish each other’s work.')
    .option('--json', 'one line of JSON instead of text; errors too, on stderr')
    .addHelpText('after', walk)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: text => world.print(text.trimEnd()),
      // How a command is used, for people.
      writeErr: text => (isForPrograms ? undefined : world.mention(text.trimEnd())),
      // reportError tells it.
      outputError: () => {},
    });
  const json = () => program.opts<{ json?: true }>().json === true;
  const show: Cli['show'] = result => world.print(json() ? JSON.stringify(result.json) : result.text);
  const adding = wanted.map(async ({ heading, load }) => ({ heading, add: await load() }));
  for (const { heading, add } of await Promise.all(adding))
    add(program.commandsGroup(heading), { ...world, show, json, endWith });
  return program.commandsGroup('');
}
