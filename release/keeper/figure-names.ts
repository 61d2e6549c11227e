import type { Measure } from '../ports.ts';

/** What is counted from: a gateway's access log, or what services say of documents. Each may be out of sight alone. */
export type FigureSource = 'requests' | 'outcomes';

/** Where each measure comes from. */
export const sourceOf = {
  errors: 'requests',
  slow: 'requests',
  stuck: 'outcomes',
  'pushes-failed': 'outcomes',
} as const satisfies Record<Measure, FigureSource>;

/** How keepers tell Prometheus their figures, and how they are found there again. Every label is from a closed list. */
export const figureNames = {
  /** Distinct users, the sum of their shares and of the squares of these: `from`, `release`, `measure`, `route_class`. */
  users: 'parity_figures_users',
  sum: 'parity_figures_share_sum',
  sumOfSquares: 'parity_figures_share_squares',
  /** Until when a window's figures are complete: `from`, `source`. Its absence says that nobody keeps them. */
  until: 'parity_figures_until_seconds',
} as const;

/** Whether a cluster's gateway reaches its peer, 1 or 0: `cluster`. */
export const seesPeerName = 'parity_gateway_sees_peer';

/** Processes of services that ended by themselves: `cluster`, `release`. */
export const restartsName = 'parity_process_restarts_total';
