import type { Command } from 'commander';
import { abort } from '../../release/orders.ts';
import { shippedIn } from '../../release/take-back.ts';
import type { Cli } from '../cli.ts';
import { whyOption } from '../why-option.ts';

const notes = `
The release leaves both clusters. What it stored stays. What it stored wrong can be stored again only while it is there:
./parity rollback, then ./parity reprocess, and abort last.

Example:
  $ ./parity abort --why 'the photos are upside down'`;

/** `parity abort` */
export function addAbort(program: Command, cli: Cli): void {
  program
    .command('abort')
    .description('roll back, and give the release up')
    .addOption(whyOption('a person said so'))
    .addHelpText('after', notes)
    .action(async (said: { why: string }) => {
      const { world } = await cli.openReleases();
      const release = shippedIn(await world.store.read());
      const { live } = await abort(world, { ...said, who: cli.who });
      cli.show({
        text: `Release ${release} is given up; everybody is on ${live.release}.`,
        json: { release, live },
      });
    });
}
