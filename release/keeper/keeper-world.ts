import type { ReleaseRecord } from '../../domain/record.ts';
import type { Policy } from '../policy.ts';
import type { Clock, MetricsPort, RecordStore } from '../ports.ts';
import type { GatewayPort } from './render.ts';

/**
 * What a keeper remembers in its own cluster: the newest record it met, so that one which starts while the store is away
 * still knows until when users may be where they are.
 */
export interface KeeperMemory {
  load(): Promise<ReleaseRecord | undefined>;
  save(record: ReleaseRecord): Promise<void>;
}

/** What a keeper is given. */
export interface KeeperWorld {
  /** How it signs what it writes: `keeper odd`. */
  readonly who: string;
  readonly store: RecordStore;
  readonly memory: KeeperMemory;
  readonly gateway: GatewayPort;
  readonly metrics: MetricsPort;
  readonly policy: Policy;
  readonly clock: Clock;
}
