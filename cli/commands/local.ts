import { Argument, Option, type Command } from 'commander';
import { parities, type Parity } from '../../domain/parity.ts';
import { clusterParts, type ClusterPart, type PairStatus } from '../../local/control/control-api.ts';
import { controlOf } from '../../local/control/control-client.ts';
import { rotatable, type Rotatable } from '../../local/gateway/rotatable.ts';
import type { Cli } from '../cli.ts';
import { presentStatus } from './status.ts';

const examples = `
Examples:
  $ ./parity local kill odd                      everything of odd, by SIGKILL; it stays dead
  $ ./parity local kill even --what broker       even's broker alone
  $ ./parity local heal odd                      odd comes back and goes on where it was
  $ ./parity local rotate signing-key            new keys while everything runs
Killing the dead and healing the living is no error. Next: ./parity status, ./parity send samples/damage.jpg`;

/** `parity local kill|heal <cluster>` */
export function addLocal(program: Command, cli: Cli): void {
  const { paths, show } = cli;
  const local = program
    .command('local')
    .description('kill and heal clusters on this machine, replace their keys')
    .addHelpText('afterAll', examples);
  const showStatus = (status: PairStatus) => show({ text: presentStatus(status), json: status });
  clusterCommand(local, 'kill', 'SIGKILL a cluster or a part of it; it stays dead until it is healed').action(
    async (cluster: Parity, { what }: { what: ClusterPart }) =>
      showStatus(await controlOf(paths).kill({ cluster, what })),
  );
  clusterCommand(local, 'heal', 'start again what was killed').action(
    async (cluster: Parity, { what }: { what: ClusterPart }) =>
      showStatus(await controlOf(paths).heal({ cluster, what })),
  );
  addRotate(local, cli);
}

function addRotate(local: Command, { paths, show }: Cli): void {
  local
    .command('rotate')
    .description(
      "replace the gateways' certificates, their authority or the key that signs tokens; nothing fails",
    )
    .addArgument(new Argument('<what>', 'what is replaced').choices(rotatable))
    .action(async (what: Rotatable) => {
      const status = await controlOf(paths).rotate({ what });
      show({ text: `The ${what} of both clusters: replaced.`, json: status });
    });
}

function clusterCommand(local: Command, name: string, description: string): Command {
  return local
    .command(name)
    .description(description)
    .addArgument(new Argument('<cluster>', 'which cluster').choices(parities))
    .addOption(new Option('--what <part>', 'which part of it').choices(clusterParts).default('all'));
}
