import type { Command } from 'commander';
import { laptopPolicy } from '../../release/policies.ts';
import { rollBack, type RolledBack } from '../../release/orders.ts';
import { presentDuration } from '../../release/present/duration.ts';
import { sayUnseen } from '../../release/unseen-operator.ts';
import type { Cli } from '../cli.ts';
import { whyOption } from '../why-option.ts';

const notes = `
The candidate stays deployed, to be looked at. It is one change of the record, effective at both gateways in about a
second; also in the bake, where roles change back and DNS follows. It needs no lock: an engine that ships at the moment
sees it and stops. Preflight alone leaves no trace in the record: then it says who has the lock, and exits with 1.

Examples:
  $ ./parity rollback --why "agents cannot open PDFs"
  $ ./parity abort                    the same, and the release is given up: it leaves both clusters`;

/** `parity rollback` */
export function addRollback(program: Command, cli: Cli): void {
  program
    .command('rollback')
    .description('take every user back to the release before')
    .addOption(whyOption('a person said so'))
    .addHelpText('after', notes)
    .action(async (said: { why: string }) => {
      const { world } = await cli.openReleases();
      const end = await rollBack(world, { ...said, who: cli.who, policy: laptopPolicy });
      cli.show({ text: presentRolledBack(end), json: { ...end, record: undefined, live: end.record.live } });
      if (end.behind !== undefined || end.unseen !== undefined) cli.endWith(1);
    });
}

function presentRolledBack(end: RolledBack): string {
  const { behind, dnsBehind, unseen, tookMs } = end;
  const taken = presentTaken(end);
  if (unseen !== undefined) return `${taken}. But ${sayUnseen(unseen)}`;
  const where =
    behind === undefined ? `, at both gateways after ${presentDuration(tookMs)}.` : `. But ${behind}.`;
  return dnsBehind === undefined ? taken + where : `${taken}${where} DNS does not follow yet: ${dnsBehind}`;
}

function presentTaken({ taken, met, record: { live, candidate } }: RolledBack): string {
  if (met) return `Everybody is on ${live.release}`;
  const what = taken
    ? `Release ${candidate} was stopped before anybody met it`
    : 'There was nobody to take back';
  return `${what}: everybody is on ${live.release}`;
}
