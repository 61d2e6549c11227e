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

/**
 * Server codes after which the same may succeed, and after which a write may have happened.
 * MongoDB: src/mongo/base/error_codes.yml. FerretDB 2.7 over DocumentDB 1.0: engines measured with PostgreSQL killed.
 */
const passingCodes: ReadonlySet<unknown> = new Set([
  1, // InternalError: FerretDB's answer while PostgreSQL is away
  16908292, // DocumentDB: "deadlock detected"
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
