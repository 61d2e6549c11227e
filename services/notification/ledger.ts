import type { DocumentId } from '../../domain/document-id.ts';
import type { LeasedRow, LeasedRows, Row } from '../kit/database/rows.ts';
import type { PushRecipient } from './push/push-sender.ts';

/** A phone that its owner's app registered, by installation: the newest registration wins. */
export interface DeviceRow extends Row {
  readonly user: string;
  /** Undefined when the app is gone: the row stays, for a registration that comes back must not look like the old one. */
  readonly recipient?: PushRecipient;
  readonly updatedAt: Date;
}

/** A device whose app is still there. */
export type ReachableDevice = DeviceRow & Required<Pick<DeviceRow, 'recipient'>>;

/** True when a push may be sent to the device. */
export function isReachable(device: DeviceRow): device is ReachableDevice {
  return device.recipient !== undefined;
}

/** The collection that all releases share. */
export const deviceCollection = 'devices';

/**
 * What became of a push. `pending` is worked on; the rest is final: `sent`, `unregistered` (the app is gone),
 * `expired` (nobody wants it any more), `parked` (a person must look), `dropped` (a person did).
 */
export type PushState = 'pending' | 'sent' | 'unregistered' | 'expired' | 'parked' | 'dropped';

/** One line of a push's story. */
export interface PushEvent {
  readonly at: Date;
  readonly what: string;
  readonly by: string;
  readonly note?: string;
}

/** One row per document version, device and kind: it makes a push be sent once (design.md §2, ledger). */
export interface LedgerRow extends LeasedRow {
  readonly document: DocumentId;
  readonly version: number;
  readonly installation: string;
  readonly kind: 'stored';
  readonly state: PushState;
  readonly events: readonly PushEvent[];
}

/** The collection that all releases share. */
export const ledgerCollection = 'ledger';

/** Which push. */
export interface PushKey {
  readonly document: DocumentId;
  readonly version: number;
  readonly installation: string;
}

/** The natural key of a push's row. */
export function pushKey({ document, version, installation }: PushKey): string {
  return `${document}:${version}:${installation}:stored`;
}

/**
 * A claim outlives the sender's own deadline (10 s); a holder that is frozen longer is taken for dead. Should he wake up
 * and send all the same, the phone shows one of both (failures.md 43).
 */
const claimMs = 12_000;

/** What a claim on a push gave. */
export type Claim = { readonly claimed: LedgerRow } | { readonly settled: PushState } | 'busy';

/**
 * Claims a push that is in state `from` before it is sent. Of all who try, in both clusters, one holds it until he
 * settles it or his claim ends by the database's clock. `holder` is new for each claim.
 */
export async function claimPush(
  rows: LeasedRows<LedgerRow>,
  key: PushKey,
  { holder, from }: { holder: string; from: 'pending' | 'parked' },
): Promise<Claim> {
  const _id = pushKey(key);
  const row: LedgerRow = { _id, revision: 1, ...key, kind: 'stored', state: 'pending', events: [] };
  if ((await rows.insert(row)) === 'exists') {
    const there = await rows.read(_id);
    if (there !== undefined && there.state !== from) return { settled: there.state };
  }
  const claimed = await rows.lease(_id, { holder, forMs: claimMs });
  if (claimed === undefined) return 'busy';
  return claimed.state === from ? { claimed } : { settled: claimed.state };
}

/** Ends a claim with what came of it; false when it had ended before and somebody else went on. */
export async function endClaim(
  rows: LeasedRows<LedgerRow>,
  claimed: LedgerRow,
  { state, event }: { state: PushState; event: PushEvent },
): Promise<boolean> {
  const set = { state, events: [...claimed.events, event], leaseHolder: undefined, leaseUntil: undefined };
  return (await rows.change(claimed, set)) !== undefined;
}
