import type { Command } from 'commander';
import { laptopPolicy } from '../../release/policies.ts';
import { abort, rollBack, type RolledBack } from '../../release/orders.ts';
import { presentDuration } from '../../release/present/duration.ts';
import { shippedIn } from '../../release/take-back.ts';
import type { Cli } from '../cli.ts';

const notes = `
One change of the record, effective at both gateways in about a second; also in the bake, where roles change back and
DNS follows. Needs no lock: an engine that ships at the moment sees it and stops.

Examples:
  $ ./parity rollback --why "agents cannot open PDFs"
  $ ./parity abort                    the same, and the release is given up: it leaves both clusters`;

/** `parity rollback` and `parity abort` */
export function addRollback(program: Command, cli: Cli): void {
  const why = ['--why <reason>', 'for the journal', 'a person said so'] as const;
  program
    .command('rollback')
    .description('take every user back to the release before; the candidate stays deployed, to be looked at')
    .option(...why)
    .addHelpText('after', notes)
    .action(async (said: { why: string }) => {
      const { world } = await cli.openReleases();
      const end = await rollBack(world, { ...said, who: cli.who, policy: laptopPolicy });
      cli.show({ text: presentRolledBack(end), json: { ...end, record: undefined, live: end.record.live } });
      if (end.behind !== undefined) cli.endWith(1);
    });
  program
    .command('abort')
    .description('roll back, and give the release up: it leaves both clusters')
    .option(...why)
    .addHelpText('after', "\nExample:\n  $ ./parity abort --why 'the photos are upside down'")
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

function presentRolledBack({ taken, record, behind, dnsBehind, tookMs }: RolledBack): string {
  const on = `on ${record.live.release}`;
  const done = taken ? `Everybody is ${on}` : `Nobody was on unproven ground: everybody is ${on}`;
  const where =
    behind === undefined ? `, at both gateways after ${presentDuration(tookMs)}.` : `. But ${behind}.`;
  return dnsBehind === undefined ? done + where : `${done}${where} DNS does not follow yet: ${dnsBehind}`;
}
