import type { Broker } from '../kit/broker/broker.ts';
import type { ReachCrashPoint } from '../kit/crash-points.ts';
import type { LeasedRows, Rows } from '../kit/database/rows.ts';
import type { DocumentRow } from '../kit/document-row.ts';
import type { Links } from '../kit/link.ts';
import type { Log } from '../kit/logger.ts';
import type { Clock, Random } from '../kit/ports.ts';
import type { StrayRow } from '../kit/stray.ts';
import type { DeviceRow, LedgerRow } from './ledger.ts';
import type { PushSender } from './push/push-sender.ts';

/** What notification's commands work with. */
export interface Notifying {
  /** Who we are in a push's story: `odd/1`. */
  readonly by: string;
  readonly publicUrl: string;
  readonly documents: Rows<DocumentRow>;
  readonly devices: Rows<DeviceRow>;
  readonly ledger: LeasedRows<LedgerRow>;
  readonly strays: Rows<StrayRow>;
  readonly broker: Pick<Broker, 'publish'>;
  readonly sender: PushSender;
  readonly links: Pick<Links, 'mintLink'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly reach: ReachCrashPoint;
}
