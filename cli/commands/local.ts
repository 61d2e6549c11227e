import { Argument, Option, type Command } from 'commander';
import { ParityError } from '../../domain/errors.ts';
import { isParity, parities } from '../../domain/parity.ts';
import {
  clusterParts,
  sharedParts,
  type ClusterPart,
  type SharedPart,
} from '../../local/control/breakable-parts.ts';
import { controlOf } from '../../local/control/control-client.ts';
import type { FaultRequest } from '../../local/control/control-requests.ts';
import { rotatable, type Rotatable } from '../../local/gateway/rotatable.ts';
import type { Cli } from '../cli.ts';
import { showPair } from './status.ts';

const examples = `
Examples:
  $ ./parity local kill odd                      everything of odd, by SIGKILL; it stays dead
  $ ./parity local kill even --what broker       even's broker alone
  $ ./parity local kill database                 the database that both share
  $ ./parity local kill peer-link                cuts the way between the gateways
  $ ./parity local heal odd                      odd comes back and goes on where it was
  $ ./parity local rotate signing-key            new keys while everything runs
Killing the dead and healing the living is no error. Next: ./parity status, ./parity send samples/damage.jpg`;

/** `parity local kill|heal <victim>`, `parity local rotate <what>` */
export function addLocal(program: Command, cli: Cli): void {
  const control = controlOf(cli.paths);
  const local = program
    .command('local')
    .description('kill and heal clusters, replace their keys')
    .addHelpText('afterAll', examples);
  const show = async (done: Promise<unknown>) => {
    await done;
    cli.show(await showPair(cli));
  };
  const kill = 'SIGKILL a cluster, a part of it or what both share; it stays dead until it is healed';
  faultCommand(local, { name: 'kill', description: kill }, fault => show(control.kill(fault)));
  const heal = 'start again what was killed, join again what was cut';
  faultCommand(local, { name: 'heal', description: heal }, fault => show(control.heal(fault)));
  addRotate(local, cli);
}

const rotated: Record<Rotatable, string> = {
  'signing-key': 'Tokens are signed with a new key; those of the old one are good until they expire.',
  certificates: 'Both gateways have new certificates; nothing was interrupted.',
  authority: 'Both gateways have certificates of a new authority, and trust no other.',
};

function addRotate(local: Command, { paths, show }: Cli): void {
  local
    .command('rotate')
    .description(
      "replace the gateways' certificates, their authority or the key that signs tokens; nothing fails",
    )
    .addArgument(new Argument('<what>', 'what is replaced').choices(rotatable))
    .action(async (what: Rotatable) => {
      const status = await controlOf(paths).rotate({ what });
      show({ text: rotated[what], json: status });
    });
}

function faultCommand(
  local: Command,
  { name, description }: { name: string; description: string },
  act: (fault: FaultRequest) => Promise<void>,
): void {
  const victims = [...parities, ...sharedParts];
  local
    .command(name)
    .description(description)
    .addArgument(new Argument('<victim>', 'which cluster, or which part that both share').choices(victims))
    .addOption(new Option('--what <part>', 'which part of a cluster (default: all)').choices(clusterParts))
    .action((victim: (typeof victims)[number], { what }: { what?: ClusterPart }) =>
      act(faultOf(victim, what)),
    );
}

function faultOf(
  victim: (typeof parities)[number] | SharedPart,
  what: ClusterPart | undefined,
): FaultRequest {
  if (isParity(victim)) return { cluster: victim, what: what ?? 'all' };
  if (what === undefined) return { shared: victim };
  throw new ParityError('invalid_request', `The ${victim} belongs to both clusters: leave --what out.`);
}
