/**
 * The states of a document. `accepted` and `storing` before the first storing mean "a spool file and no row";
 * `storing` in a row is a replay under way.
 */
export const documentStates = [
  'accepted',
  'storing',
  'stored',
  'notified',
  'rejected',
  'parked',
  'cancelled',
  'lost',
  'corrupt',
  'deleted',
] as const;
export type DocumentState = (typeof documentStates)[number];

/** Every move a document may make; all others are refused. The only table of its kind. */
export const documentMoves = {
  accepted: ['storing', 'rejected', 'parked', 'cancelled', 'lost'],
  storing: ['stored', 'rejected', 'parked', 'cancelled', 'lost'],
  stored: ['notified', 'corrupt', 'lost', 'deleted'],
  notified: ['corrupt', 'lost', 'deleted'],
  parked: ['storing', 'cancelled'],
  corrupt: ['stored', 'deleted'],
  rejected: [],
  cancelled: [],
  lost: ['storing', 'stored'],
  deleted: [],
} as const satisfies Record<DocumentState, readonly DocumentState[]>;

/** States in which a row is born: by one `insertOne`, never by an update. */
export const firstRowStates = ['stored', 'parked', 'rejected', 'cancelled', 'lost'] as const;
export type FirstRowState = (typeof firstRowStates)[number];

/** True when a document in `from` may go to `to`. */
export function mayMove(from: DocumentState, to: DocumentState): boolean {
  return (documentMoves[from] as readonly DocumentState[]).includes(to);
}

/** True when nothing more will happen to the document by itself: its client may stop asking. */
export function isSettled(state: DocumentState): boolean {
  return state !== 'accepted' && state !== 'storing' && state !== 'stored';
}

/** True when the document's content can be read. */
export function isReadable(state: DocumentState): boolean {
  return state === 'stored' || state === 'notified';
}

/** Why a document is refused for good, as its uploader is told. */
export const rejections = {
  empty: 'The file is empty.',
  unsupported_type: 'Only JPEG photos and PDF files are taken.',
  broken_jpeg: 'The photo is damaged or not complete.',
  broken_pdf: 'The PDF is damaged or not complete.',
  encrypted_pdf: 'The PDF is protected by a password.',
} as const;
export type Rejection = keyof typeof rejections;

/** Why a document is put aside for a person to replay or drop. */
export const parkings = {
  attempts_exhausted: 'Storing it failed too often.',
  delivery_limit: 'The process that handled it died too often.',
  unknown_schema: 'Its message has a schema version that this release does not know.',
  key_reused: 'Its idempotency key belongs to an older document with other bytes.',
  spool_corrupt: 'Its spool file does not hash to what was accepted.',
} as const;
export type Parking = keyof typeof parkings;

/** Why a row says `lost`: the alarm of alarms. */
export type Loss = 'spool_file_missing' | 'vault_file_missing';

/** The reason that stands beside the states rejected, parked and lost, and beside cancelled when it was parked before. */
export type Reason = Rejection | Parking | Loss;
