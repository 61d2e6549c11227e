import {
  MongoClientClosedError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerClosedError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from 'mongodb';
import type { Failure } from './persist.ts';

const duplicateKeyCode = 11000;

/** What PostgreSQL says below DocumentDB when it has no room, no time or no leave just now (its manual, appendix A). */
const passingSqlStates = [
  '25006', // read_only_sql_transaction: a standby, or an operator's hand
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '53100', // disk_full
  '53200', // out_of_memory
  '53300', // too_many_connections
  '55P03', // lock_not_available
  '57014', // query_canceled
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '58030', // io_error
] as const;

/** DocumentDB hands on a state that it has no code for as PostgreSQL packs it, six bits a character (its elog.h). */
function packed(sqlState: string): number {
  return [...sqlState].reduce((code, character, at) => code + (character.charCodeAt(0) - 48) * 64 ** at, 0);
}

/**
 * Server codes after which the same may succeed, and after which a write may have happened.
 * MongoDB: src/mongo/base/error_codes.yml. FerretDB 2.7 over DocumentDB 1.0: engines measured with PostgreSQL killed.
 */
const passingCodes: ReadonlySet<unknown> = new Set([
  1, // InternalError: FerretDB's answer while PostgreSQL is away
  ...passingSqlStates.map(packed),
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  43, // CursorNotFound: a find that a restart cut
  50, // MaxTimeMSExpired
  63, // StaleShardVersion
  64, // WriteConcernTimeout
  89, // NetworkTimeout
  91, // ShutdownInProgress
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  150, // StaleEpoch
  175, // QueryPlanKilled
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  262, // ExceededTimeLimit
  317, // ConnectionPoolExpired
  462, // IngressRequestRateLimitExceeded
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11601, // Interrupted
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);

/** Nobody's document is to blame when the database does not know us: Unauthorized, AuthenticationFailed, AtlasError. */
const refusingCodes: ReadonlySet<unknown> = new Set([13, 18, 8000]);

/** Labels by which the driver or the server itself says that a repeat may succeed. */
const passingLabels = [
  'RetryableWriteError',
  'RetryableError',
  'PoolRequestedRetry',
  'TransientTransactionError',
];

/** A topology closes also when a first connection fails; the next call opens another. */
const passingClasses = [
  MongoNetworkError,
  MongoServerSelectionError,
  MongoWriteConcernError,
  MongoServerClosedError,
  MongoTopologyClosedError,
  MongoNotConnectedError,
] as const;

/** True when the key was taken. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoError && error.code === duplicateKeyCode;
}

/** What a failed call of the driver means for the next attempt. */
export function classifyMongoError(error: unknown): Failure {
  if (!(error instanceof MongoError)) return 'broken';
  if (error instanceof MongoClientClosedError) return 'away';
  if (passingClasses.some(type => error instanceof type)) return 'again';
  if (error.name === 'MongoWaitQueueTimeoutError') return 'again'; // the driver does not export the class
  if (passingCodes.has(error.code) || passingLabels.some(label => error.hasErrorLabel(label))) return 'again';
  return refusingCodes.has(error.code) ? 'away' : 'broken';
}
