import type { Contract } from '../outputs.ts';
import type { Network } from '../stacks/network.ts';
import type { TerraformProvider } from '../terraform.ts';
import type { BackedUp } from './backups.ts';
import type { ReplicaNetwork } from './replica-network.ts';

/** Where the rows are. */
export interface Database {
  readonly secretArn: string;
  /** What AWS Backup takes besides the file system; Atlas backs itself up. */
  readonly backedUp: readonly BackedUp[];
  readonly contract: Contract['data']['database'];
}

/** What a database stands upon. */
export interface DatabaseGround {
  readonly network: Network;
  readonly replica: TerraformProvider;
  readonly second: ReplicaNetwork;
  readonly secretsKeyArn: string;
}
