import type { Command } from 'commander';
import { laptopPolicy } from '../../release/policies.ts';
import { rollBack, type RolledBack } from '../../release/orders.ts';
import { presentDuration } from '../../release/present/duration.ts';
import type { Cli } from '../cli.ts';

const notes = `
The candidate stays deployed, to be looked at. It is one change of the record, effective at both gateways in about a
second; also in the bake, where roles change back and DNS follows. It needs no lock: an engine that ships at the moment
sees it and stops.

Examples:
  $ ./parity rollback --why "agents cannot open PDFs"
  $ ./parity abort                    the same, and the release is given up: it leaves both clusters`;

/** `parity rollback` */
export function addRollback(program: Command, cli: Cli): void {
  program
    .command('rollback')
    .description('take every user back to the release before')
    .option('--why <reason>', 'for the journal', 'a person said so')
    .addHelpText('after', notes)
    .action(async (said: { why: string }) => {
      const { world } = await cli.openReleases();
      const end = await rollBack(world, { ...said, who: cli.who, policy: laptopPolicy });
      cli.show({ text: presentRolledBack(end), json: { ...end, record: undefined, live: end.record.live } });
      if (end.behind !== undefined) cli.endWith(1);
    });
}

function presentRolledBack({ taken, record, behind, dnsBehind, tookMs }: RolledBack): string {
  const on = `on ${record.live.release}`;
  const done = taken ? `Everybody is ${on}` : `There was nobody to take back: everybody is ${on}`;
  const where =
    behind === undefined ? `, at both gateways after ${presentDuration(tookMs)}.` : `. But ${behind}.`;
  return dnsBehind === undefined ? done + where : `${done}${where} DNS does not follow yet: ${dnsBehind}`;
}
