import type { Release } from '../domain/release.ts';
import { laptopChecks } from '../local/checks/laptop-checks.ts';
import type { RegisteredRelease } from '../local/control/control-api.ts';
import { controlOf } from '../local/control/control-client.ts';
import { openReleaseWorld } from '../local/release-world.ts';
import type { StatePaths } from '../local/state/state-paths.ts';
import type { ReleaseWorld } from '../release/ports.ts';
import { systemClock as clock, systemRandom as random } from '../services/kit/ports.ts';

/** What a release is made of: the present checkout, or what a git ref names; with a fault for demonstrations. */
export interface ReleaseBuild {
  readonly release: Release;
  readonly ref: string | undefined;
  readonly fault: string | undefined;
}

/** A running pair, as whoever ships releases to it sees it. */
export interface OpenReleases {
  readonly world: ReleaseWorld;
  /** Has the pair prepare a release, so that it can be started. @throws ParityError when it cannot be had */
  register(source: ReleaseBuild): Promise<Pick<RegisteredRelease, 'commit' | 'checkout' | 'fault'>>;
}

/** Opens the running pair whose state lies at `paths`. @throws ParityError `not_running` */
export async function openReleases(paths: StatePaths): Promise<OpenReleases> {
  const control = controlOf(paths);
  const checks = laptopChecks({
    ...{ paths, control, clock, random, fetch },
    sourceOf: release => control.source({ release }),
  });
  return {
    world: await openReleaseWorld({ paths, control, checks, clock, random }),
    register: ({ release, ref, fault }) => control.register({ release, source: { ref }, fault }),
  };
}
