import type { Parity } from '../../domain/parity.ts';
import type { ReleaseRecord } from '../../domain/record.ts';
import type { Control } from '../../local/control/control-client.ts';
import type { PairStatus } from '../../local/control/control-api.ts';

/** How the pair looks at a moment. */
export interface PairLook {
  readonly status: PairStatus;
  readonly record: ReleaseRecord;
}

/** What a rehearsal may do to the pair. */
export interface DrillHands {
  readonly control: Pick<Control, 'kill' | 'heal'>;
  /** The cluster that plays live when the drill begins, and the other one. */
  readonly live: Parity;
  readonly idle: Parity;
  /** Ships a release of its own up to its first users; the engine goes on. */
  shipIntoShift(): Promise<void>;
  /** By SIGKILL. */
  killEngine(): Promise<void>;
  /** Gives that release up, and waits until nothing is left of it. */
  forgetDrillRelease(): Promise<void>;
}

/** One rehearsal: what is done, how the pair shows that it noticed, and how it is undone. */
export interface Scenario {
  readonly says: (hands: Pick<DrillHands, 'live' | 'idle'>) => string;
  /** What has to be there first. */
  readonly prepare?: (hands: DrillHands) => Promise<void>;
  readonly inflict: (hands: DrillHands) => Promise<void>;
  /** True once the pair has noticed; left out where nobody has to: whoever meets the fault goes another way, or waits. */
  readonly isNoticed?: (look: PairLook, hands: DrillHands) => boolean;
  readonly undo: (hands: DrillHands) => Promise<void>;
  /** True when production would have to move DNS for it. */
  readonly movesDns: boolean;
}
