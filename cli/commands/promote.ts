import type { Command } from 'commander';
import { ParityError } from '../../domain/errors.ts';
import { promote } from '../../release/orders.ts';
import { laptopPolicy } from '../../release/policies.ts';
import { operatorOf } from '../../release/store/operator-lock.ts';
import { shippedIn } from '../../release/take-back.ts';
import type { Cli } from '../cli.ts';
import { whyOption } from '../why-option.ts';

/** `parity promote` */
export function addPromote(program: Command, cli: Cli): void {
  program
    .command('promote')
    .description('let a release leave the step that it waits at')
    .addOption(whyOption('a person said so'))
    .addHelpText(
      'after',
      `
An engine that ships at the moment sees it within a second; else ./parity resume goes on.

Example:
  $ ./parity promote --why 'support has seen it'`,
    )
    .action(async (said: { why: string }) => {
      const { world } = await cli.openReleases();
      const record = await world.store.read();
      if (record.step === undefined)
        throw new ParityError('release_refused', 'No release is at a step: there is nothing to promote.');
      const { step } = record;
      await promote(world, step as Parameters<typeof promote>[1], {
        ...said,
        who: cli.who,
        policy: laptopPolicy,
      });
      const operator = await operatorOf(world.objects);
      const next = operator === undefined ? './parity resume goes on.' : `${operator.who} ships it.`;
      cli.show({
        text: `Release ${shippedIn(record)} may leave ${step}. ${next}`,
        json: { release: shippedIn(record), step, operator },
      });
    });
}
