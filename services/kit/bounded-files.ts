import { decorateFiles, type FileCall } from './decorate-files.ts';
import type { FileSystem } from './file-system.ts';
import type { Clock } from './ports.ts';
import { sharedWatch } from './shared-watch.ts';

/**
 * Calls that one file system has under way at once. Node's own four keep a processor waiting: a small document is six
 * calls, each a round trip where the file system is a server.
 */
export const callsAtOnce = 16;

/** A disk with too much to do answers within seconds; a file server that takes longer is away (failures.md 34). */
export const callWithinMs = 10_000;

/** A folder's names come in one call, however many it has. */
const listWithinMs = 60_000;

/** The slowest that a file system may be: a call that moves bytes is given what they take at this rate besides. */
export const slowestBytesPerSecond = 5 * 1024 * 1024;

/** How often the calls under way are looked at: a timer for each would cost every document what none of them needs. */
const lookEveryMs = 1_000;

/**
 * The same file system, which refuses with ETIMEDOUT what it does not answer in time, and everything at once while as
 * much hangs as may be under way. Each call has a thread of its own while no more than `callsAtOnce` are begun, so that
 * a file system that hangs takes no thread of another's. What was begun goes on, and may yet be done.
 */
export function boundedFiles(files: FileSystem, clock: Clock): FileSystem {
  const watch = sharedWatch(clock, lookEveryMs);
  const turns = turnsFor(callsAtOnce);
  let hanging = 0;
  const hangs = () => {
    hanging += 1;
    if (hanging >= callsAtOnce) turns.refuse();
  };
  return decorateFiles(files, (call, work, abandon) => {
    // Whoever asks for a folder's sync shares that of others, and takes no thread.
    const turn = call.operation === 'syncFolder' ? anyTime : turns;
    if (hanging >= callsAtOnce) return Promise.reject(new CallTimedOut(call));
    return new Promise((resolve, reject) => {
      const begin = () => {
        const untilMs = clock.monotonic() + withinMs(call);
        let isLate = false;
        const stop = watch(() => {
          if (clock.monotonic() < untilMs) return;
          stop();
          isLate = true;
          hangs();
          reject(new CallTimedOut(call));
        });
        const ended = () => {
          stop();
          if (isLate) hanging -= 1;
          turn.give();
        };
        work().then(
          result => {
            ended();
            if (isLate) abandon?.(result);
            else resolve(result);
          },
          (error: unknown) => {
            ended();
            reject(error);
          },
        );
      };
      turn.take({ begin, refuse: () => reject(new CallTimedOut(call)) });
    });
  });
}

interface Waiting {
  readonly begin: () => void;
  readonly refuse: () => void;
}

const anyTime = { take: ({ begin }: Waiting) => begin(), give: () => {} };

/** Lets `most` be under way at once, the others one after the other. */
function turnsFor(most: number) {
  const waiting = new Set<Waiting>();
  let free = most;
  return {
    take: (next: Waiting) => {
      if (free === 0) return void waiting.add(next);
      free -= 1;
      next.begin();
    },
    give: () => {
      const [next] = waiting;
      if (next === undefined) return void (free += 1);
      waiting.delete(next);
      next.begin();
    },
    refuse: () => {
      const refused = [...waiting];
      waiting.clear();
      for (const { refuse } of refused) refuse();
    },
  };
}

function withinMs({ operation, bytes }: FileCall): number {
  const ms = operation === 'list' ? listWithinMs : callWithinMs;
  return ms + (bytes / slowestBytesPerSecond) * 1_000;
}

/** As Node makes errors of the system, with the code that says that no answer came. */
class CallTimedOut extends Error {
  override readonly name = 'CallTimedOut';
  readonly code = 'ETIMEDOUT';

  constructor({ operation, path }: FileCall) {
    super(`ETIMEDOUT: the file system does not answer, ${operation} '${path}'`);
  }
}
