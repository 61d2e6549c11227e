import { InvalidArgumentError, type Command } from 'commander';
import { laptopPolicy } from '../../release/policies.ts';
import { presentDuration } from '../../release/present/duration.ts';
import { shiftByHand } from '../../release/shift-by-hand.ts';
import type { Cli } from '../cli.ts';
import { mentionOperator } from '../mention-operator.ts';
import { whileHere } from '../while-here.ts';
import { whyOption } from '../why-option.ts';

const notes = `
For a release that has passed its tests (ship it --until beta) and that no engine ships at the moment. Room is made
first, then users move; keepers take everybody back if it is worse. ./parity resume goes on from there.

Examples:
  $ ./parity ship 2 --until beta
  $ ./parity shift 25                 a quarter of the users, always the same ones
  $ ./parity shift 5                  fewer again
  $ ./parity rollback                 nobody
Exit codes: 0 they are there, 1 refused or no room, 4 not both gateways have it yet, or you left.`;

/** `parity shift <percent>` */
export function addShift(program: Command, cli: Cli): void {
  program
    .command('shift')
    .description('send this share of the users to the candidate')
    .argument('<percent>', '0.1 to 100', thresholdOf)
    .addOption(whyOption('a person wants it so'))
    .addHelpText('after', notes)
    .action(async (threshold: number, { why }: { why: string }) => {
      const { world } = await cli.openReleases();
      if (!cli.json()) await mentionOperator(world, cli.mention);
      const began = cli.clock.monotonic();
      const order = { threshold, policy: laptopPolicy, who: cli.who, why };
      const end = await whileHere(cli, signal => shiftByHand(world, { ...order, signal }));
      const tookMs = Math.round(cli.clock.monotonic() - began);
      const stay = `They stay there for ${presentDuration(laptopPolicy.unattendedMs)} if nobody comes back; keepers watch.`;
      const text = end.outcome === 'done' ? `${end.why}, at both gateways. ${stay}` : `${end.why}.`;
      cli.show({ text, json: { threshold, ...end, tookMs } });
      if (end.outcome !== 'done') cli.endWith(4);
    });
}

/** A share of the users in percent, as a threshold 1–1000. */
function thresholdOf(text: string): number {
  const percent = Number(text.replace(/\s*%$/, ''));
  const threshold = Math.round(percent * 10);
  if (!(threshold >= 1 && threshold <= 1000) || Math.abs(threshold - percent * 10) > 1e-9)
    throw new InvalidArgumentError(
      'Give 0.1 to 100 percent, in tenths; ./parity rollback takes everybody back.',
    );
  return threshold;
}
