import { InvalidArgumentError, Option, type Command } from 'commander';
import { isBaking } from '../../domain/record-laws.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import { parseRelease, type Release } from '../../domain/release.ts';
import { isShipping, planRelease, type Plan } from '../../release/plan.ts';
import { laptopPolicy } from '../../release/policies.ts';
import { presentPlan } from '../../release/present/plan.ts';
import { resumable } from '../../release/resume.ts';
import { ship } from '../../release/ship.ts';
import type { Cli } from '../cli.ts';
import type { OpenReleases } from '../open-releases.ts';
import { presentShipEnd, shipExitCodes } from '../present-ship-end.ts';
import { showProgress } from '../show-progress.ts';

const notes = `
The release is started beside the live one on the idle cluster, tested, shown to beta testers, then to more and more
users, each time judged against the live release; at the end roles change over. What is worse takes itself back.
Ctrl-C leaves users where they are: keepers watch, and after ten minutes without anybody they take everybody back.

Examples:
  $ ./parity plan 2                         what it would do, and what going back would cost
  $ ./parity ship 2                         asks once, then shows how it goes
  $ ./parity ship 2 --until beta            stops when beta testers are on it; ./parity resume goes on
  $ ./parity ship 3 --from my-branch --yes  what a branch, tag or commit holds, instead of this checkout
  $ ./parity ship 3 --fault errors=20%      a bad release, to see it take itself back

Faults: errors=5%, latency=+300ms, stuck, crash, push-errors=20%, wrong-bytes, chokes-db; several with commas.
Exit codes: 0 it is where you wanted it, 1 failed before anybody met it, 3 rolled back, 4 waiting for a person.`;

const stops = ['beta', 'flip', 'settled'] as const;

interface ShipFlags {
  readonly from?: string;
  readonly fault?: string;
  readonly until: (typeof stops)[number];
  readonly yes?: boolean;
  readonly why?: string;
}

/** `parity ship <release>` and `parity resume` */
export function addShip(program: Command, cli: Cli): void {
  program
    .command('ship <release>')
    .description(
      'ship a sprint to the idle cluster and move the users over, step by step, judged all the way',
    )
    .option('--from <ref>', 'a git branch, tag or commit (default: this checkout as it is)')
    .option('--fault <faults>', 'make it a bad release, for demonstrations on this machine')
    .addOption(untilOption())
    .option('--yes', 'do not ask first')
    .option('--why <reason>', 'for the journal')
    .addHelpText('after', notes)
    .action((name: string, flags: ShipFlags) => shipNew(cli, parseRelease(name), flags));
  program
    .command('resume')
    .description('go on with the release that waits for a person, or whose engine was stopped or died')
    .addOption(untilOption())
    .option('--why <reason>', 'for the journal')
    .addHelpText(
      'after',
      '\nWhat was taken back is not resumed: ship it again, ship a repair (2.1), or abort it.',
    )
    .action(async ({ until, why }: ShipFlags) => {
      const releases = await cli.openReleases();
      const record = await releases.world.store.read();
      const release = resumable(record);
      const plan = planRelease(record, release, laptopPolicy);
      await shipAndShow(cli, releases, { plan, until, why: why ?? `${release} goes on` });
    });
}

function untilOption(): Option {
  const option = new Option('--until <step>', `the last step: ${stops.join(', ')}`).choices(stops);
  return option.default('settled');
}

async function shipNew(cli: Cli, release: Release, flags: ShipFlags): Promise<void> {
  const releases = await cli.openReleases();
  const record = await releases.world.store.read();
  if (isSettled(record, release)) {
    return cli.show({
      text: `Release ${release} is live and settled: there is nothing to do.`,
      json: { release, outcome: 'settled' },
    });
  }
  const plan = planRelease(record, release, laptopPolicy);
  if (flags.yes !== true && !(await isAgreedTo(cli, plan))) {
    cli.mention('Nothing was done.');
    return cli.endWith(1);
  }
  if (!isShipping(record, release) || flags.from !== undefined || flags.fault !== undefined)
    await releases.register({ release, ref: flags.from, fault: flags.fault });
  await shipAndShow(cli, releases, { plan, until: flags.until, why: flags.why ?? `sprint ${release}` });
}

function isSettled(record: ReleaseRecord, release: Release): boolean {
  return record.live.release === release && !isBaking(record) && record.candidate === undefined;
}

/** Shows the plan, and asks where there is somebody to ask. */
async function isAgreedTo({ terminal, mention }: Cli, plan: Plan): Promise<boolean> {
  if (!terminal.canAsk) return true;
  mention(`${presentPlan(plan)}\n`);
  return /^y(es)?$/i.test((await terminal.ask(`Ship release ${plan.release}? [y/N] `)).trim());
}

interface Wanted {
  readonly plan: Plan;
  readonly until: (typeof stops)[number];
  readonly why: string;
}

async function shipAndShow(cli: Cli, { world }: OpenReleases, { plan, until, why }: Wanted): Promise<void> {
  const { release } = plan;
  const lastStep = until === 'settled' ? undefined : until;
  const began = cli.clock.monotonic();
  const leaving = new AbortController();
  const progress = showProgress(cli, { plan, until: lastStep, clock: world.clock });
  const forget = cli.onInterrupt(() => {
    cli.mention('Leaving in order (Ctrl-C again ends it at once; nobody is worse off for it) …');
    leaving.abort();
  });
  const order = { release, policy: laptopPolicy, who: cli.who, why, until: lastStep };
  try {
    const end = await ship(world, { ...order, tell: progress.tell, signal: leaving.signal });
    progress.close();
    const record = await world.store.read();
    const tookMs = Math.round(cli.clock.monotonic() - began);
    const text = presentShipEnd(end, { record, release, nowMs: world.clock.now(), tookMs });
    cli.show({ text, json: { release, ...end, tookMs, threshold: record.threshold } });
    cli.endWith(shipExitCodes[end.outcome]);
  } finally {
    progress.close();
    forget();
  }
}

/** A share of the users in percent, as a threshold 1–1000. */
export function thresholdOf(text: string): number {
  const percent = Number(text.replace(/\s*%$/, ''));
  const threshold = Math.round(percent * 10);
  if (!(threshold >= 1 && threshold <= 1000) || Math.abs(threshold - percent * 10) > 1e-9)
    throw new InvalidArgumentError(
      'Give 0.1 to 100 percent, in tenths; ./parity rollback takes everybody back.',
    );
  return threshold;
}
