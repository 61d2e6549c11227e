import type { Command } from 'commander';
import { ParityError } from '../../domain/errors.ts';
import { faultForms, parseFaults } from '../../domain/faults.ts';
import { isBaking } from '../../domain/record-laws.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import { nextRepair, parseRelease, type Release } from '../../domain/release.ts';
import { isShipping, planRelease, type Plan } from '../../release/plan.ts';
import { laptopPolicy } from '../../release/policies.ts';
import { presentPlan } from '../../release/present/plan.ts';
import type { Cli } from '../cli.ts';
import { isAgreed } from '../is-agreed.ts';
import type { OpenReleases } from '../open-releases.ts';
import { shipAndShow, untilOption, type LastStep } from '../ship-and-show.ts';
import { whyOption } from '../why-option.ts';

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

Faults: ${faultForms.join(', ')}; several with commas.
Exit codes: 0 it is where you wanted it, 1 failed before anybody met it, 3 rolled back, 4 waiting for a person.`;

interface ShipFlags {
  readonly from?: string;
  readonly fault?: string;
  readonly until: LastStep;
  readonly yes?: boolean;
  readonly why?: string;
}

/** `parity ship <release>` */
export function addShip(program: Command, cli: Cli): void {
  program
    .command('ship <release>')
    .description('ship a sprint: start, test, move the users over')
    .option('--from <ref>', 'a git branch, tag or commit (default: this checkout as it is)')
    .option('--fault <faults>', 'make it a bad release, for demonstrations on this machine', lawfulFaults)
    .addOption(untilOption())
    .option('--yes', 'do not ask first')
    .addOption(whyOption())
    .addHelpText('after', notes)
    .action((name: string, flags: ShipFlags) => shipNew(cli, parseRelease(name), flags));
}

/** Said before anything is done, and before somebody was asked. @throws ParityError `invalid_request` */
function lawfulFaults(text: string): string {
  parseFaults(text);
  return text;
}

async function shipNew(cli: Cli, release: Release, flags: ShipFlags): Promise<void> {
  const releases = await cli.openReleases();
  const record = await releases.world.store.read();
  if (isSettled(record, release)) {
    refuseAnotherBuild(release, flags);
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
  const prepare = () => register(releases, release, flags);
  const why = flags.why ?? `sprint ${release}`;
  await shipAndShow(cli, releases, { plan, until: flags.until, why, prepare });
}

/** Has the release prepared, if it is new or said what it is, and says in words what it is. */
async function register(
  { world, register }: OpenReleases,
  release: Release,
  { from: ref, fault }: ShipFlags,
): Promise<string | undefined> {
  const isNew = !isShipping(await world.store.read(), release);
  if (!isNew && ref === undefined && fault === undefined) return undefined;
  const { commit, checkout, ...build } = await register({ release, ref, fault });
  return [
    ref ?? 'the present checkout',
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 12)}`]),
    ...(checkout === undefined ? [] : [`commit ${checkout}`]),
    ...(build.fault === undefined ? [] : [`fault ${build.fault}`]),
  ].join(', ');
}

/** Whoever says what the release is made of believes that this is what goes live. @throws ParityError `release_refused` */
function refuseAnotherBuild(release: Release, { from, fault }: ShipFlags): void {
  if (from === undefined && fault === undefined) return;
  throw new ParityError(
    'release_refused',
    `Release ${release} is live, and stays the build that it is: ship this one as ${nextRepair(release)}.`,
  );
}

function isSettled(record: ReleaseRecord, release: Release): boolean {
  return record.live.release === release && !isBaking(record) && record.candidate === undefined;
}

/** Shows the plan, and asks where there is somebody to ask. */
async function isAgreedTo({ terminal, mention }: Cli, plan: Plan): Promise<boolean> {
  if (terminal.canAsk) mention(`${presentPlan(plan)}\n`);
  return await isAgreed(terminal, `Ship release ${plan.release}?`);
}
