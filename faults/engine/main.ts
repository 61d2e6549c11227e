import { argv, env, exit, stdout } from 'node:process';
import { isParityError } from '../../domain/errors.ts';
import { parseRelease, type Release } from '../../domain/release.ts';
import { laptopChecks } from '../../local/checks/laptop-checks.ts';
import { controlOf } from '../../local/control/control-client.ts';
import { openReleaseWorld } from '../../local/release-world.ts';
import { statePaths } from '../../local/state/state-paths.ts';
import { parsePolicy } from '../../release/policy.ts';
import type { ChecksPort } from '../../release/ports.ts';
import { ship } from '../../release/ship.ts';
import { systemClock as clock, systemRandom as random } from '../../services/kit/ports.ts';
import { quickPolicy } from './quick-policy.ts';

/** A dead engine costs its heir a lease: a second, so that many of them can die in a minute. */
const policy = parsePolicy({
  ...quickPolicy,
  gateIntervalMs: 500,
  leaseMs: 1_500,
  judgedForMs: 15_000,
  convergeWithinMs: 10_000,
});

/** An engine that is there to be killed: ships a release, which is registered, to the pair in PARITY_STATE. */
const [, , name = ''] = argv;
const paths = statePaths(env['PARITY_STATE'] ?? '');
const control = controlOf(paths);
const release = parseRelease(name);
const sourceOf = (of: Release) => control.source({ release: of });
const whole = laptopChecks({ paths, control, clock, random, fetch, sourceOf });
// Its preflight takes longer than these engines live, changes nothing, and has tests of its own.
const checks: ChecksPort = { ...whole, neighbours: async () => [], pair: async () => [] };
const world = await openReleaseWorld({ paths, control, checks, clock, random });
const say = (line: string) => void stdout.write(`${line}\n`);

try {
  const end = await ship(world, {
    ...{ release, policy, who: 'an engine that dies', why: 'to see it arrive' },
    tell: progress => {
      if (progress.kind === 'step') say(progress.step);
    },
  });
  say(`${end.outcome}: ${end.why}`);
  exit(end.outcome === 'settled' ? 0 : 1);
} catch (error) {
  say(isParityError(error) ? `${error.code}: ${error.message}` : String(error));
  exit(1);
}
