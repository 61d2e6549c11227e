import type { Command } from 'commander';
import { planRelease } from '../../release/plan.ts';
import { laptopPolicy } from '../../release/policies.ts';
import { resumable } from '../../release/resume.ts';
import type { Cli } from '../cli.ts';
import { shipAndShow, untilOption, type LastStep } from '../ship-and-show.ts';
import { whyOption } from '../why-option.ts';

const notes = `
It waits for a person, or its engine was stopped or died. It goes on at the step where it was left, with whatever ship
would have done from there on. What was taken back is not resumed: ship it again, ship a repair (2.1), or abort it.

Examples:
  $ ./parity resume                   to the end
  $ ./parity resume --until flip      until roles have changed over; the release before can still be gone back to
Exit codes: 0 it is where you wanted it, 1 failed before anybody met it, 3 rolled back, 4 waiting for a person.`;

/** `parity resume` */
export function addResume(program: Command, cli: Cli): void {
  program
    .command('resume')
    .description('go on with the release that waits')
    .addOption(untilOption())
    .addOption(whyOption())
    .addHelpText('after', notes)
    .action(async ({ until, why }: { until: LastStep; why?: string }) => {
      const releases = await cli.openReleases();
      const record = await releases.world.store.read();
      const release = resumable(record);
      const plan = planRelease(record, release, laptopPolicy);
      await shipAndShow(cli, releases, { plan, until, why: why ?? `${release} goes on` });
    });
}
