import { ParityError } from '../../domain/errors.ts';

/** Where an engine came from: a URL given by the user, a program on PATH, a Docker engine, or the package registries. */
export type EngineSource = 'url' | 'path' | 'docker' | 'registries';

/** What the engines may know of the machine they run on; `main.ts` makes it from the environment. */
export interface Machine {
  /** The environment: PATH, HOME, XDG_CACHE_HOME and the proxies that apt and Go are to use. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes one line for the user about something that lasts (a download, a build). */
  readonly progress: (line: string) => void;
}

/** An engine that answers. One that was given by URL belongs to somebody else: it is never stopped or killed. */
export interface RunningEngine {
  /** As people know it: `RabbitMQ odd`, `database`. */
  readonly name: string;
  /** Where clients connect, credentials included: a secret. */
  readonly url: string;
  readonly version: string;
  readonly source: EngineSource;
  /** The main process; undefined when the engine was given by URL or runs in a container. */
  readonly pid: number | undefined;
  /** Resolves, with how it ended, when the engine is gone for whatever reason; never for one given by URL. */
  readonly exited: Promise<string>;
  /** Ends it in order, within two seconds, by force if need be. */
  stop(): Promise<void>;
  /** SIGKILLs every process of it and waits until they are gone; `engine_failed` for one given by URL. */
  kill(): Promise<void>;
}

/** One way to have an engine running; undefined when this way is not open on this machine. */
export type Way<Options, Engine extends RunningEngine> = (options: Options) => Promise<Engine | undefined>;

/**
 * Starts an engine in the first way that is open.
 *
 * @throws ParityError of the way that was open and failed, or `engine_missing` when none was
 */
export async function startInFirstWay<Options, Engine extends RunningEngine>(
  ways: readonly Way<Options, Engine>[],
  options: Options,
): Promise<Engine> {
  for (const way of ways) {
    const engine = await way(options);
    if (engine) return engine;
  }
  throw new ParityError('engine_missing', 'No way to have this engine is open on this machine.');
}

/** The part of a RunningEngine that is the same for every engine given by URL. */
export function ofSomebodyElse(name: string, url: string): Omit<RunningEngine, 'version'> {
  return {
    name,
    url,
    source: 'url',
    pid: undefined,
    exited: new Promise<string>(() => {}),
    stop: async () => {},
    kill: async () => {
      throw new ParityError(
        'engine_failed',
        `${name} was given by URL: Parity did not start it and does not kill it.`,
      );
    },
  };
}
