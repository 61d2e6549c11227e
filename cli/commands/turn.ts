import type { Command } from 'commander';
import { laptopPolicy } from '../../release/policies.ts';
import { turnPair } from '../../release/turn-pair.ts';
import type { Cli } from '../cli.ts';
import { mentionOperator } from '../mention-operator.ts';
import { whileHere } from '../while-here.ts';
import { whyOption } from '../why-option.ts';

const notes = `
The idle cluster runs the live release too (the cover), so roles can change over without a new release: before work on
a cluster, or after a failover that is to be kept. Users notice nothing. What was interrupted is finished first.

Example:
  $ ./parity turn --why 'odd gets new disks'
Exit codes: 0 roles have changed, 1 refused, 4 half-way or not begun, as after Ctrl-C: it says which.`;

/** `parity turn` */
export function addTurn(program: Command, cli: Cli): void {
  program
    .command('turn')
    .description('the idle cluster becomes live, no new release')
    .addOption(whyOption('a person wants it so'))
    .addHelpText('after', notes)
    .action(async ({ why }: { why: string }) => {
      const { world } = await cli.openReleases();
      if (!cli.json()) await mentionOperator(world, cli.mention);
      const order = { policy: laptopPolicy, who: cli.who, why };
      const end = await whileHere(cli, signal => turnPair(world, { ...order, signal }));
      cli.show({ text: `${end.why}.`, json: end });
      if (end.outcome !== 'done') cli.endWith(4);
    });
}
