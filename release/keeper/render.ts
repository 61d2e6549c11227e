import { isLapsed } from '../../domain/record-laws.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import { renderedRouting } from '../../domain/rendered-routing.ts';
import type { Routing } from '../../domain/routing.ts';

/** What a cluster's gateway is told. */
export interface Rendered {
  readonly recordVersion: number;
  /** True when nobody had judged in time. */
  readonly lapsed: boolean;
  readonly routing: Routing;
}

/** A cluster's gateway. Throws ParityError `unreachable`. */
export interface GatewayPort {
  /**
   * Routes like that from now on. Refuses silently what is older than what it has (`isOlder`): never forced, never
   * lower. A newer one that is asked for while an older one is still being looked at does not wait for it.
   */
  apply(rendered: Rendered): Promise<void>;
  /** How each replica routes, asked of itself. */
  readBack(): Promise<readonly Rendered[]>;
}

/**
 * What to render of `record`. A judgement that has been rendered as lapsed stays so for that version, also when the
 * clock jumps back: users do not return to what nobody judged.
 */
export function renderAt(record: ReleaseRecord, nowMs: number, before: Rendered | undefined): Rendered {
  const sticky = before?.recordVersion === record.version && before.lapsed;
  const lapsed = sticky || isLapsed(record, nowMs);
  const at = sticky ? Infinity : nowMs;
  return { recordVersion: record.version, lapsed, routing: renderedRouting(record, at) };
}

/** True when `one` must not take the place of `other`: an older record, or the same as it was while somebody judged. */
export function isOlder(one: Rendered, other: Rendered): boolean {
  if (one.recordVersion !== other.recordVersion) return one.recordVersion < other.recordVersion;
  return other.lapsed && !one.lapsed;
}
