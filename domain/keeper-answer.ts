import { z } from 'zod';
import { namedReleases } from './record-laws.ts';
import type { ReleaseRecord } from './record-shape.ts';
import { roleOf, type ReleaseRole } from './release-role.ts';
import { parseRelease } from './release.ts';

const roles = ['live', 'candidate', 'retiring'] as const satisfies readonly ReleaseRole[];

/**
 * What a keeper tells the services of its cluster. `proven` is the newest release whose work is taken for good: what
 * later ones stored may have to be stored again (design.md §3). A keeper from before it was told does not say it.
 */
export const keeperAnswerSchema = z.object({
  recordVersion: z.int().positive(),
  /** The role of every release that the record names. */
  roles: z.record(z.string(), z.enum(roles)),
  proven: z.string().transform(parseRelease).optional(),
});
export type KeeperAnswer = z.infer<typeof keeperAnswerSchema>;

/** What a keeper that knows `record` tells. In a bake the live release may still be taken back: the one before is proven. */
export function keeperAnswer(record: ReleaseRecord): KeeperAnswer {
  const named = namedReleases(record).flatMap(release => {
    const role = roleOf(record, release);
    return role === undefined ? [] : [[release, role] as const];
  });
  return {
    recordVersion: record.version,
    roles: Object.fromEntries(named),
    proven: record.previous ?? record.live.release,
  };
}
