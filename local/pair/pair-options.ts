import type { ServiceName } from '../../domain/catalogue.ts';
import type { Clock, Random } from '../../services/kit/ports.ts';
import type { StatePaths } from '../state/state-paths.ts';
import type { FrontDoorMode } from '../front-door/front-door-mode.ts';
import type { PairPorts } from './pair-ports.ts';

/** How to start a pair. */
export interface PairOptions {
  readonly paths: StatePaths;
  readonly ports: PairPorts;
  readonly frontDoor: FrontDoorMode;
  /** Services that run in a process of their own, in both clusters. */
  readonly split: readonly ServiceName[];
  /** Forget what was there. */
  readonly fresh: boolean;
  /** The environment: engines' URLs and what engines need of the machine. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Node that runs the services, and the process that holds the pair. */
  readonly process: { readonly node: string; readonly pid: number };
  readonly clock: Clock;
  readonly random: Random;
  /** Takes one line about what happens. */
  readonly tell: (line: string) => void;
}
