import { connect, type ChannelModel } from 'amqplib';
import { overdue, withinDeadline } from '../deadline.ts';
import type { Endpoint } from './endpoint.ts';

/** What a connection is for. */
export interface ConnectionUse {
  /** Stands in the log beside the broker. */
  readonly purpose: string;
  /** Makes channels and consumers, for each new connection. When it rejects or is slow, the connection is dropped. */
  readonly setUp: (connection: ChannelModel) => Promise<void>;
  /** The connection is gone, whether it was set up or not. */
  readonly lost: (why: string) => void;
}

/** A connection to a broker that is made again for ever, with longer pauses between attempts that fail. */
export class LastingConnection {
  /** Resolves when the first attempt has ended, well or not. */
  readonly attempted: Promise<void>;
  readonly #endpoint: Endpoint;
  readonly #use: ConnectionUse;
  readonly #closing = new AbortController();
  readonly #firstAttempt = Promise.withResolvers<void>();
  readonly #keeping: Promise<void>;
  #life: Life;
  #told: string | undefined;

  constructor(endpoint: Endpoint, use: ConnectionUse) {
    this.#endpoint = endpoint;
    this.#use = use;
    this.attempted = this.#firstAttempt.promise;
    this.#life = beginLife(endpoint);
    this.#keeping = this.#keep();
  }

  /** Gives the present connection up without a goodbye; the next attempt follows. */
  drop(why: string): void {
    this.#life.end(why);
  }

  /** Says goodbye, within `connectMs`, and stays closed. */
  async close(): Promise<void> {
    const { clock, timing } = this.#endpoint;
    this.#closing.abort();
    await withinDeadline(this.#life.leave(), { clock, ms: timing.connectMs });
    this.#life.end('closed');
    await this.#keeping;
  }

  async #keep(): Promise<void> {
    const { clock, timing } = this.#endpoint;
    for (let failures = 0; ; failures += 1) {
      const bornAt = clock.monotonic();
      const why = await this.#live();
      this.#use.lost(why);
      this.#firstAttempt.resolve();
      if (this.#closing.signal.aborted) return;
      this.#tell(why);
      if (clock.monotonic() - bornAt > timing.reconnectMs.most) failures = 0;
      await clock.delay(pauseMs(this.#endpoint, failures), this.#closing.signal).catch(() => {});
      if (this.#closing.signal.aborted) return;
      this.#life = beginLife(this.#endpoint);
    }
  }

  /** One connection, from its making to its end; tells why it ended. */
  async #live(): Promise<string> {
    const { clock, timing, broker, log } = this.#endpoint;
    const life = this.#life;
    try {
      const connection = await life.connecting;
      const ready = await withinDeadline(this.#use.setUp(connection), { clock, ms: timing.connectMs });
      if (ready === overdue) return 'setting the connection up took too long';
      log.info({ broker, purpose: this.#use.purpose }, 'Connected to a broker.');
      this.#told = undefined;
      this.#firstAttempt.resolve();
      return await life.ended;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      life.end('dropped');
    }
  }

  #tell(why: string): void {
    const { log, broker } = this.#endpoint;
    if (why !== this.#told) log.warn({ broker, purpose: this.#use.purpose, why }, 'A broker is away.');
    this.#told = why;
  }
}

/** One connection. */
interface Life {
  readonly connecting: Promise<ChannelModel>;
  /** Why it ended. */
  readonly ended: Promise<string>;
  /** Ends it at once: a silent partner would keep an orderly close, and the process, waiting. */
  readonly end: (why: string) => void;
  /** The protocol's goodbye, if there is anybody to say it to; never rejects. */
  readonly leave: () => Promise<void>;
}

function beginLife({ url, timing }: Endpoint): Life {
  const socket = new AbortController();
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  let connection: ChannelModel | undefined;

  async function open(): Promise<ChannelModel> {
    // Without noDelay a confirmed publish of 2 KiB takes 44 ms (Nagle's algorithm).
    const options = { noDelay: true, timeout: timing.connectMs, signal: socket.signal };
    connection = await connect(withHeartbeat(url, timing.heartbeatS), options);
    // Before anything else: without this listener a lost connection ends the process. 'close' always follows.
    connection.on('error', (error: Error) => resolve(error.message));
    connection.on('close', (error?: Error) => resolve(error?.message ?? 'the connection was closed'));
    return connection;
  }

  return {
    connecting: open(),
    ended,
    end: why => {
      resolve(why);
      socket.abort();
    },
    leave: async () => {
      await connection?.close().catch(() => {});
    },
  };
}

function withHeartbeat(url: string, heartbeatS: number): string {
  const parsed = new URL(url);
  parsed.searchParams.set('heartbeat', String(heartbeatS));
  return parsed.href;
}

/** Doubles up to the longest pause; half of it is random, so that a pair's processes do not come back in step. */
function pauseMs({ timing, random }: Endpoint, failures: number): number {
  const { first, most } = timing.reconnectMs;
  const ceiling = Math.min(most, first * 2 ** failures);
  return (ceiling * (1 + random.bytes(1).readUInt8() / 255)) / 2;
}
