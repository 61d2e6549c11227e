import { ParityError } from '../../domain/errors.ts';
import type { Clock } from '../../services/kit/ports.ts';

/** One run of a workload: a process of ours or an engine. */
export interface Life {
  /** Undefined when it belongs to somebody else. */
  readonly pid: number | undefined;
  /** Resolves, with how it ended, when it is gone for whatever reason. */
  readonly exited: Promise<string>;
  /** Ends it in order, by force if need be. */
  stop(): Promise<void>;
  /** SIGKILLs it and waits until it is gone. */
  kill(): Promise<void>;
}

/** `waiting`: for its next start; `killed`: on purpose, until it is healed. */
export type WorkloadState = 'starting' | 'running' | 'waiting' | 'killed' | 'stopped';

/** What can be said of a workload. */
export interface WorkloadStatus {
  readonly state: WorkloadState;
  readonly pid: number | undefined;
  /** How often it has ended without being asked to. */
  readonly restarts: number;
  /** How it ended, or failed to start, the last time that nobody asked for it. */
  readonly lastEnd: string | undefined;
}

/** What is to be kept running. */
export interface WorkloadOptions<L extends Life> {
  readonly start: () => Promise<L>;
  readonly clock: Clock;
  /** Told of every change of state. */
  readonly onChange?: (status: WorkloadStatus) => void;
}

/** A run that lasted so long was good: what comes after it counts as a first failure again. */
const steadyMs = 10_000;
const firstPauseMs = 250;
const longestPauseMs = 5_000;

/** How long to wait before the next start, after so many bad runs in a row: the first restart is at once. */
export function backOffMs(badRuns: number): number {
  return badRuns <= 1 ? 0 : Math.min(firstPauseMs * 2 ** (badRuns - 2), longestPauseMs);
}

type Wanted = 'up' | 'killed' | 'stopped';

/** A process or an engine that is kept running. */
export interface Workload<L extends Life = Life> {
  status(): WorkloadStatus;
  /** Resolves with the run that followed the last start or heal; rejects when that one failed to start. */
  started(): Promise<L>;
  /** The run that is, or was last; undefined before the first. */
  lastLife(): L | undefined;
  /** SIGKILLs it; it stays dead until it is healed. Killing the dead is no error. */
  kill(): Promise<void>;
  /** Lets it live again; resolves when it has started. Healing the living is no error. */
  heal(): Promise<void>;
  /** Ends it in order and for good. */
  stop(): Promise<void>;
}

/** Starts something and keeps it running: started again with back-off when it ends, but dead while it is killed. */
export function supervise<L extends Life>(options: WorkloadOptions<L>): Workload<L> {
  return new Supervised(options);
}

class Supervised<L extends Life> implements Workload<L> {
  readonly #options: WorkloadOptions<L>;
  #wanted: Wanted = 'up';
  #state: WorkloadState = 'starting';
  #life: L | undefined;
  #lastLife: L | undefined;
  #restarts = 0;
  #lastEnd: string | undefined;
  #pausing = new AbortController();
  #running: Promise<void>;
  #first: Promise<L>;
  /** Kills and heals come one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: WorkloadOptions<L>) {
    this.#options = options;
    [this.#first, this.#running] = this.#begin();
  }

  status(): WorkloadStatus {
    return {
      state: this.#state,
      pid: this.#life?.pid,
      restarts: this.#restarts,
      lastEnd: this.#lastEnd,
    };
  }

  started(): Promise<L> {
    return this.#first;
  }

  lastLife(): L | undefined {
    return this.#lastLife;
  }

  kill(): Promise<void> {
    return this.#inTurn(() => this.#end('killed', life => life.kill()));
  }

  heal(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#wanted === 'stopped') throw new ParityError('not_running', 'Parity is stopping.');
      if (this.#wanted === 'killed') {
        this.#wanted = 'up';
        [this.#first, this.#running] = this.#begin();
      }
      await this.#first;
    });
  }

  stop(): Promise<void> {
    return this.#end('stopped', life => life.stop());
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #end(wanted: Wanted, act: (life: L) => Promise<void>): Promise<void> {
    const before = this.#wanted;
    const life = this.#life;
    this.#wanted = before === 'stopped' ? before : wanted;
    this.#pausing.abort();
    try {
      if (life) await act(life);
    } catch (error) {
      this.#wanted = before;
      throw error;
    }
    // What is somebody else's goes on.
    if (life === undefined || life.pid !== undefined) await this.#running;
    if (this.#wanted !== 'up') this.#become(this.#wanted);
  }

  #become(state: WorkloadState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onChange?.(this.status());
  }

  #begin(): [first: Promise<L>, running: Promise<void>] {
    const first = Promise.withResolvers<L>();
    first.promise.catch(() => {});
    this.#pausing = new AbortController();
    return [first.promise, this.#keepUp(first)];
  }

  async #keepUp(first: PromiseWithResolvers<L>): Promise<void> {
    const { clock } = this.#options;
    let badRuns = 0;
    while (this.#wanted === 'up') {
      const since = clock.monotonic();
      const how = await this.#liveOnce(first);
      if (this.#wanted !== 'up') break;
      this.#lastEnd = how;
      this.#restarts += 1;
      this.#become('waiting');
      badRuns = clock.monotonic() - since >= steadyMs ? 1 : badRuns + 1;
      await clock.delay(backOffMs(badRuns), this.#pausing.signal).catch(() => {});
    }
  }

  /** One run, from its start to its end, and how that came. */
  async #liveOnce(first: PromiseWithResolvers<L>): Promise<string> {
    this.#become('starting');
    try {
      const life = await this.#options.start();
      this.#life = life;
      this.#lastLife = life;
      first.resolve(life);
      if (this.#wanted === 'up') this.#become('running');
      else await endLate(life, this.#wanted);
      return await life.exited;
    } catch (error) {
      first.reject(error);
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.#life = undefined;
    }
  }
}

/** Ends what was asked to end while it was starting. @throws when it is somebody else's, for that goes on */
async function endLate(life: Life, wanted: 'killed' | 'stopped'): Promise<void> {
  await (wanted === 'killed' ? life.kill() : life.stop());
  if (life.pid === undefined) throw new ParityError('not_running', 'It is let go.');
}
