import { ParityError } from '../domain/errors.ts';
import { parityOfSprint } from '../domain/parity.ts';
import type { ReleaseRecord } from '../domain/record.ts';
import { sprintOf } from '../domain/release.ts';
import { startCli, type CliProcess } from '../faults/cli-process.ts';
import type { DrillWorld } from '../faults/drill/run-drill.ts';
import type { DrillHands } from '../faults/drill/scenario.ts';
import { startFleetOf } from '../faults/fleet/fleet-of-pair.ts';
import { lightMix } from '../faults/fleet/papers.ts';
import { controlOf } from '../local/control/control-client.ts';
import { abort } from '../release/orders.ts';
import type { ReleaseWorld } from '../release/ports.ts';
import { retireOnce, type Retiring } from '../release/retire.ts';
import type { Cli } from './cli.ts';
import type { LockLending } from './holding-lock.ts';

const drivers = 20;
const perSecond = 10;
const lookEveryMs = 200;
const shiftWithinMs = 60_000;
const retiredWithinMs = 120_000;

/** What a drill is done with. */
export interface DrillMeans {
  readonly world: ReleaseWorld;
  /** Says when somebody wants to leave. */
  readonly signal: AbortSignal;
  /** How whoever ships on behalf of the drill gets the operator's lock. */
  readonly lending: LockLending;
}

/** The running pair in the hands of a drill, by the one who has the operator's lock. */
export function drillWorld(cli: Cli, means: DrillMeans): DrillWorld {
  const { paths, clock } = cli;
  const { world, signal } = means;
  const control = controlOf(paths);
  const tell = (line: string) => (cli.json() ? undefined : cli.mention(line));
  return {
    ...{ clock, signal, tell },
    look: async () => {
      const [status, record] = await Promise.all([control.status(), world.store.read()]);
      return { status, record };
    },
    startFleet: () =>
      startFleetOf(paths.root, {
        drivers,
        perSecond,
        mix: lightMix,
        name: `drill-${clock.now().toString(36)}`,
      }),
    hands: {
      control,
      ...drillRelease(cli, { ...means, tell }),
    },
  };
}

/** A release that is shipped only to kill its engine. */
function drillRelease(
  { paths, clock, who }: Cli,
  { world, signal, lending, tell }: DrillMeans & Pick<DrillWorld, 'tell'>,
): Pick<DrillHands, 'shipIntoShift' | 'killEngine' | 'forgetDrillRelease'> {
  const { store } = world;
  let shipping: CliProcess | undefined;
  return {
    shipIntoShift: async () => {
      const name = nameOf(await store.read());
      await lending.lend();
      shipping = startCli(paths.root, ['ship', name, '--yes', '--why', 'a drill']);
      const until = clock.monotonic() + shiftWithinMs;
      while ((await store.read()).threshold === 0) {
        if (clock.monotonic() > until)
          throw new ParityError(
            'release_unfit',
            `No user met ${name}: ${shipping.lines.at(-1) ?? 'it says nothing'}`,
          );
        await clock.delay(lookEveryMs, signal);
      }
    },
    killEngine: async () => {
      if (shipping === undefined) return;
      shipping.kill('SIGKILL');
      await shipping.exited;
      shipping = undefined;
      // Nobody else is to ship while it is undone, nor to wait for a dead one's lease afterwards.
      await lending.takeAgain();
    },
    forgetDrillRelease: async () => {
      if ((await store.read()).candidate !== undefined) await abort(world, { who, why: 'the drill is over' });
      const until = clock.monotonic() + retiredWithinMs;
      for (;;) {
        const left = await retireOnce(world, who);
        if (left.length === 0) return;
        if (clock.monotonic() >= until) return tell(presentLeft(left));
        await clock.delay(lookEveryMs);
      }
    },
  };
}

function presentLeft(left: readonly Retiring[]): string {
  const each = left.map(({ release, backlog }) => `${release} with ${backlog} messages in its queues`);
  return `not gone after ${retiredWithinMs / 60_000} min: ${each.join(', ')}; the pair goes on with it, see ./parity status`;
}

/** The last repair of the idle cluster's next sprint: whatever is shipped in earnest comes before or after it. */
function nameOf({ live }: ReleaseRecord): string {
  const next = sprintOf(live.release) + 1;
  return `${parityOfSprint(next) === live.parity ? next + 1 : next}.9999`;
}
