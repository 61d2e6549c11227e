import { Option } from 'commander';
import type { Plan } from '../release/plan.ts';
import { laptopPolicy } from '../release/policies.ts';
import { ship } from '../release/ship.ts';
import type { Order } from '../release/shipment.ts';
import type { Cli } from './cli.ts';
import type { OpenReleases } from './open-releases.ts';
import { mentionOperator } from './mention-operator.ts';
import { presentShipEnd, shipExitCodes } from './present-ship-end.ts';
import { showProgress } from './show-progress.ts';
import { whileHere } from './while-here.ts';

const stops = ['beta', 'flip', 'settled'] as const;

/** The last step that somebody wants for now. */
export type LastStep = (typeof stops)[number];

/** `--until` of `ship` and `resume`. */
export function untilOption(): Option {
  const option = new Option('--until <step>', `the last step: ${stops.join(', ')}`).choices(stops);
  return option.default('settled');
}

/** What is shipped, how far, and why. */
export interface Wanted {
  readonly plan: Plan;
  readonly until: LastStep;
  readonly why: string;
  readonly prepare?: Order['prepare'];
}

/** Ships and shows how it goes; Ctrl-C leaves users where they are. Ends with the code of how it ended. */
export async function shipAndShow(
  cli: Cli,
  { world }: OpenReleases,
  { plan, until, why, prepare }: Wanted,
): Promise<void> {
  const { release } = plan;
  const lastStep = until === 'settled' ? undefined : until;
  const began = cli.clock.monotonic();
  const progress = showProgress(cli, { plan, until: lastStep, clock: world.clock });
  const order = { release, policy: laptopPolicy, who: cli.who, why, prepare, until: lastStep };
  try {
    await mentionOperator(world, progress.say);
    const end = await whileHere({ ...cli, mention: progress.say }, signal =>
      ship(world, { ...order, tell: progress.tell, signal }),
    );
    progress.close();
    const record = await world.store.read();
    const tookMs = Math.round(cli.clock.monotonic() - began);
    const text = presentShipEnd(end, { record, release, nowMs: world.clock.now(), tookMs });
    cli.show({ text, json: { release, ...end, tookMs, threshold: record.threshold } });
    cli.endWith(shipExitCodes[end.outcome]);
  } finally {
    progress.close();
  }
}
