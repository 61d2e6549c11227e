import { releaseStore } from '../local/record/release-store.ts';
import { statePaths } from '../local/state/state-paths.ts';
import { systemClock as clock, systemRandom as random } from '../services/kit/ports.ts';

/** Record and journal of the pair whose state lies in `folder`, for whoever looks from outside. */
export function releaseFilesOf(folder: string): ReturnType<typeof releaseStore> {
  return releaseStore({ paths: statePaths(folder), clock, random });
}
