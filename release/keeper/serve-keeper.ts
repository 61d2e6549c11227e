import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCodes, isParityError, ParityError } from '../../domain/errors.ts';
import { keeperAnswer } from '../../domain/keeper-answer.ts';
import type { Clock } from '../ports.ts';
import type { Keeper } from './keeper.ts';
import { keeperPaths } from './keeper-paths.ts';

/** How often a keeper looks whether there is a newer record; whoever wrote one nudges it besides. */
const followEveryMs = 500;

/** How often it looks whether the judgement has lapsed. */
const renderEveryMs = 500;

/** What a keeper's process is made of. */
export interface KeeperProcess {
  readonly keeper: Keeper;
  /** How often it judges: the policy's gate interval. */
  readonly judgeEveryMs: number;
  /** Its figures in Prometheus' text format. */
  readonly metrics: () => string;
  /** On 127.0.0.1; 0 for any. */
  readonly port: number;
  readonly clock: Clock;
  /** Takes a line about what does not work, once per reason. */
  readonly tell: (line: string) => void;
}

/** A keeper that follows, judges and answers. */
export interface ServedKeeper {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Has a keeper follow the record and judge, each at its own pace, and answer what `keeperPaths` says. What fails is told
 * and tried again; nothing ends it but `close`.
 */
export async function serveKeeper(options: KeeperProcess): Promise<ServedKeeper> {
  const { keeper, judgeEveryMs, port, clock } = options;
  const closing = new AbortController();
  const server = createServer((request, response) => void answer(options, request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const telling = onceEach(options.tell);
  const again = async (what: string, work: () => Promise<void>, everyMs: number) => {
    while (!closing.signal.aborted) {
      telling(what, await failureOf(work));
      await clock.delay(everyMs, closing.signal).catch(() => {});
    }
  };
  void again('following', keeper.follow, followEveryMs);
  void again('rendering', keeper.render, renderEveryMs);
  void again('judging', keeper.judge, judgeEveryMs);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      closing.abort();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  { keeper, metrics }: KeeperProcess,
  { method = '', url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  try {
    switch (`${method} ${url}`) {
      case `GET ${keeperPaths.roles}`:
        return send(200, keeperAnswer(known(keeper.record())));
      case `GET ${keeperPaths.report}`:
        return send(200, known(keeper.report()));
      case `POST ${keeperPaths.nudge}`:
        await keeper.follow();
        return send(200, known(keeper.report()));
      case `GET ${keeperPaths.metrics}`:
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics());
        return;
      case `GET ${keeperPaths.liveness}`:
        return send(200, {});
      default:
        throw new ParityError('not_found', `The keeper knows no ${method} ${url}.`);
    }
  } catch (error) {
    const { code, message } = isParityError(error)
      ? error
      : { code: 'internal' as const, message: String(error) };
    send(errorCodes[code].status, { error: { code, message } });
  }
}

function known<T>(value: T | undefined): T {
  if (value !== undefined) return value;
  throw new ParityError('unreachable', 'The keeper has not met a record yet: ask again.');
}

async function failureOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Passes on what is new of each kind, and not the same again until it has gone. */
function onceEach(tell: (line: string) => void): (kind: string, line: string | undefined) => void {
  const last = new Map<string, string | undefined>();
  return (kind, line) => {
    if (line !== undefined && line !== last.get(kind)) tell(`${kind}: ${line}`);
    last.set(kind, line);
  };
}
