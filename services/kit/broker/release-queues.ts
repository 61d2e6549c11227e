import { connect, type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { ParityError } from '../../../domain/errors.ts';
import { message } from '../../../domain/messages.ts';
import { queueNames } from '../../../domain/queues.ts';
import type { Release } from '../../../domain/release.ts';
import { withinDeadline, overdue } from '../deadline.ts';
import type { Clock } from '../ports.ts';
import { exchange } from './topology.ts';
import { readTrail, writeTrail } from './trail.ts';

/** A broker that does not answer within this is away. */
const answerWithinMs = 5_000;

const notFound = 404;

const kinds = message.options.map(option => option.shape.kind.value);

/** One queue of a release, as its broker has it. */
export interface QueueContents {
  readonly name: string;
  readonly ready: number;
  readonly consumers: number;
}

/**
 * What is left of a release at one broker, for whoever retires it. Each method opens a connection of its own and throws
 * ParityError `unreachable` when the broker does not answer.
 */
export interface ReleaseQueues {
  /** Takes its queues from the exchange: a publish that comes late goes back to its publisher. Repeating it is no error. */
  unbind(release: Release): Promise<void>;
  /** Those of its queues that are there. */
  contents(release: Release): Promise<QueueContents[]>;
  /**
   * Moves what is ready in queues that nobody reads any more to the same queues of `heir`; gives back how many. A message
   * that is moved twice has its effect once.
   */
  handOver(release: Release, heir: Release): Promise<number>;
  /**
   * Deletes its queues if each is empty and read by nobody. A quorum queue has no delete of its own for that, so it is
   * looked and then done: what came in between is still in the spool.
   * @throws ParityError `would_lose` that names the first queue which is not
   */
  deleteEmpty(release: Release): Promise<void>;
}

/** The queues at the broker of `url`. */
export function releaseQueues({
  url,
  clock,
}: {
  readonly url: string;
  readonly clock: Clock;
}): ReleaseQueues {
  const connected = <T>(work: (connection: ChannelModel) => Promise<T>) => withConnection(url, clock, work);
  return {
    unbind: release =>
      connected(async connection => {
        const channel = await openChannel(connection);
        for (const name of workQueues(release)) await channel.unbindQueue(name, exchange, name);
      }),
    contents: release => connected(connection => contentsOf(connection, release)),
    handOver: (release, heir) =>
      connected(async connection => {
        const abandoned = (await contentsOf(connection, release)).filter(
          ({ consumers, ready, name }) => consumers === 0 && ready > 0 && !name.includes('.retry.'),
        );
        const channel = await connection.createConfirmChannel();
        channel.on('error', () => {});
        let moved = 0;
        for (const { name, ready } of abandoned) {
          moved += await moveAll(channel, { from: name, to: heirOf(name, release, heir), most: ready });
        }
        // First the channel: a connection's goodbye overtakes the acks that are not written yet.
        await channel.close();
        return moved;
      }),
    deleteEmpty: release =>
      connected(async connection => {
        const contents = await contentsOf(connection, release);
        for (const { name, ready, consumers } of contents) {
          if (ready + consumers === 0) continue;
          const why = `${ready} messages and ${consumers} consumers`;
          throw new ParityError('would_lose', `${name} is not deleted: it still has ${why}.`);
        }
        const channel = await openChannel(connection);
        for (const { name } of contents) await channel.deleteQueue(name);
      }),
  };
}

function workQueues(release: Release): string[] {
  return kinds.map(kind => queueNames(kind, release).work);
}

function allQueues(release: Release): string[] {
  return kinds.flatMap(kind => {
    const { work, retry, dead } = queueNames(kind, release);
    return [work, ...retry, dead];
  });
}

function heirOf(name: string, release: Release, heir: Release): string {
  const at = allQueues(release).indexOf(name);
  return allQueues(heir)[at] ?? name;
}

async function contentsOf(connection: ChannelModel, release: Release): Promise<QueueContents[]> {
  const found = await Promise.all(allQueues(release).map(name => look(connection, name)));
  return found.filter(queue => queue !== undefined);
}

async function look(connection: ChannelModel, name: string): Promise<QueueContents | undefined> {
  // Of its own, for asking after a queue that is not there closes the channel.
  const channel = await openChannel(connection);
  try {
    const { messageCount, consumerCount } = await channel.checkQueue(name);
    await channel.close();
    return { name, ready: messageCount, consumers: consumerCount };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === notFound) return undefined;
    throw error;
  }
}

/** One after the other, each acked when the heir's queue has it. */
async function moveAll(
  channel: ConfirmChannel,
  { from, to, most }: { readonly from: string; readonly to: string; readonly most: number },
): Promise<number> {
  let returned = false;
  channel.on('return', () => (returned = true));
  for (let moved = 0; moved < most; moved++) {
    const got = await channel.get(from, { noAck: false });
    if (got === false) return moved;
    const headers = writeTrail(readTrail(got.properties.headers));
    const { messageId } = got.properties as { messageId?: string };
    channel.sendToQueue(to, got.content, { persistent: true, mandatory: true, headers, messageId });
    await channel.waitForConfirms();
    if (returned)
      throw new ParityError('unreachable', `There is no ${to} that could take over what is left in ${from}.`);
    channel.ack(got);
  }
  return most;
}

async function openChannel(connection: ChannelModel): Promise<Channel> {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  return channel;
}

async function withConnection<T>(
  url: string,
  clock: Clock,
  work: (connection: ChannelModel) => Promise<T>,
): Promise<T> {
  const socket = new AbortController();
  const working = async () => {
    const options = { noDelay: true, timeout: answerWithinMs, signal: socket.signal };
    const connection = await connect(url, options);
    connection.on('error', () => {});
    const done = await work(connection);
    await connection.close();
    return done;
  };
  try {
    const done = await withinDeadline(working(), { clock, ms: answerWithinMs });
    if (done !== overdue) return done;
    throw new ParityError('unreachable', `The broker at ${new URL(url).host} does not answer.`);
  } catch (cause) {
    if (cause instanceof ParityError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ParityError('unreachable', `The broker at ${new URL(url).host} does not answer: ${why}`, {
      cause,
    });
  } finally {
    // Ends it at once where there was no orderly goodbye.
    socket.abort();
  }
}
