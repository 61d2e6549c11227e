import { probes, type ServiceName } from './catalogue.ts';

/** One question to a process, and how long it may get no good answer before somebody acts. */
export interface Probe {
  readonly path: string;
  readonly periodMs: number;
  /** For one answer. */
  readonly timeoutMs: number;
  /** Bad answers in a row. */
  readonly failures: number;
}

/** How a process of one service is watched. */
export interface ServiceProbes {
  /** Until it passes once, nobody asks the others. */
  readonly startup: Probe;
  /** Whoever fails it is killed and started again. */
  readonly liveness: Probe;
  /** Whoever fails it gets no requests. */
  readonly readiness: Probe;
}

/**
 * The probes of a service. A process has a minute to come up (one that waits for a broker is up). It is killed only
 * after half a minute of silence: a machine that is merely slow is not helped by doing everything anew. Readiness is
 * asked every second, for the promise is that a peer takes over in about that (design.md §4); its time-out lies above
 * the deadline of the checks behind it (`services/kit/health.ts`), so that the answer says which of them failed.
 */
export function probesOf(service: ServiceName): ServiceProbes {
  const alive = { path: probes.liveness, timeoutMs: 2_000 };
  return {
    startup: { ...alive, periodMs: 1_000, failures: 60 },
    liveness: { ...alive, periodMs: 10_000, failures: 3 },
    readiness: { path: readinessPath(service), periodMs: 1_000, timeoutMs: 1_000, failures: 1 },
  };
}

/** Whether one service can work, asked of a process that may run several. */
export function readinessPath(service: ServiceName): string {
  return `${probes.readiness}?service=${service}`;
}
