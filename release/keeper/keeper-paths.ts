import { keeperRoles } from '../../domain/calls.ts';
import { probes } from '../../domain/catalogue.ts';

/** What a keeper can be asked for. Services may ask for their roles alone (`domain/calls.ts`). */
export const keeperPaths = {
  roles: keeperRoles.path,
  report: '/report',
  nudge: '/nudge',
  metrics: probes.metrics,
  liveness: probes.liveness,
} as const;
