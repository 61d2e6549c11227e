import type { Child } from './child.ts';
import type { EngineSource, Machine } from './engine.ts';
import type { BrokerSettings, ListenAddress } from './rabbitmq-settings.ts';

/** What can run a broker: a program of this machine, or a Docker engine. */
export interface BrokerHost {
  readonly source: EngineSource;
  readonly version: string;
  /** Where below the broker's folder it works: `''` for in the folder itself. */
  readonly subfolder: string;
  readonly address: ListenAddress;
  /** The path under which the broker sees a folder of ours. */
  sees(folder: string): string;
  start(machine: Machine, broker: BrokerStart): Promise<StartedBroker>;
}

/** A broker whose settings lie in its folder. */
export interface BrokerStart {
  /** As people know it: `RabbitMQ odd`. */
  readonly title: string;
  readonly folder: string;
  readonly settings: BrokerSettings;
  /** How long it may take to end in order before it is killed. */
  readonly graceMs: number;
}

/** A broker that was started and may not answer yet; a container has no process of ours. */
export type StartedBroker = Omit<Child, 'pid'> & { readonly pid?: number };
