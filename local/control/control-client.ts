import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { errorCodes, ParityError, type ErrorCode } from '../../domain/errors.ts';
import { knownError } from '../../domain/file-fault.ts';
import { isAlive } from '../engines/process-tree.ts';
import type { StatePaths } from '../state/state-paths.ts';
import type { ControlAnswers, ControlHandlers, ControlReply } from './control-api.ts';
import type { ControlAction, ControlRequest } from './control-requests.ts';
import { openSocketFolder } from './socket-folder.ts';

/** The running pair, asked over its control socket. */
export type Control = ControlHandlers;

/**
 * The way to the pair whose state lies at `paths`; nothing is connected before it is asked.
 * Each method throws ParityError: `not_running`, `unreachable` where the pair gives no sign of life within
 * `aliveWithinMs`, or what it answered, which may take as long as it does.
 */
export function controlOf(paths: StatePaths, aliveWithinMs = usualAliveWithinMs): Control {
  const asking =
    <A extends ControlAction>(action: A) =>
    (request?: ControlRequest<A>) =>
      ask(paths, { action, request, aliveWithinMs });
  return {
    status: asking('status'),
    look: asking('look'),
    kill: asking('kill'),
    heal: asking('heal'),
    rotate: asking('rotate'),
    register: asking('register'),
    source: asking('source'),
    run: asking('run'),
    workload: asking('workload'),
    stop: asking('stop'),
    unpublish: asking('unpublish'),
    backlog: asking('backlog'),
    deleteQueues: asking('deleteQueues'),
    workloadsOf: asking('workloadsOf'),
    applyRecord: asking('applyRecord'),
    readBackRouting: asking('readBackRouting'),
    peerChecks: asking('peerChecks'),
  };
}

/** Many times what a busy machine makes it wait. */
const usualAliveWithinMs = 10_000;

interface Question<A extends ControlAction> {
  readonly action: A;
  readonly request: ControlRequest<A> | undefined;
  readonly aliveWithinMs: number;
}

async function ask<A extends ControlAction>(
  paths: StatePaths,
  { action, request, aliveWithinMs }: Question<A>,
): Promise<ControlAnswers[A]> {
  const nobody = (cause: unknown) => noAnswer(paths, cause);
  const folder = await openSocketFolder(paths.root, paths.controlSocket).catch(refusedOr(nobody));
  try {
    const asked = JSON.stringify({ action, request });
    const reply = await exchange<A>(folder.socketPath, { asked, aliveWithinMs }).catch(nobody);
    if ('answer' in reply) return reply.answer;
    throw toldError(reply.error);
  } finally {
    await folder.close();
  }
}

/** Of a folder of somebody else's nobody can say that no pair runs in it. */
function refusedOr(nobody: (cause: unknown) => Promise<never>) {
  return async (cause: NodeJS.ErrnoException): Promise<never> => {
    const refused = cause.code === 'EACCES' ? knownError(cause) : undefined;
    if (refused !== undefined) throw refused;
    return await nobody(cause);
  };
}

/** All that is asked, then all that is answered; a pair that dies meanwhile leaves half a reply. */
async function exchange<A extends ControlAction>(
  socketPath: string,
  { asked, aliveWithinMs }: { asked: string; aliveWithinMs: number },
): Promise<ControlReply<A>> {
  const connection = connect(socketPath);
  connection.setTimeout(aliveWithinMs, () => {
    if (connection.bytesRead === 0) connection.destroy(new TypeError(noSignOfLife));
  });
  connection.end(asked);
  return JSON.parse(await text(connection)) as ControlReply<A>;
}

function toldError({ code, message }: { code: string; message: string }): ParityError {
  return new ParityError(code in errorCodes ? (code as ErrorCode) : 'internal', message);
}

const noSignOfLife = 'no sign of life';

async function noAnswer(paths: StatePaths, cause: unknown): Promise<never> {
  // Loaded when wanted: whoever gets an answer checks no shapes.
  const { readRunFile } = await import('../state/run-file.ts');
  const run = await readRunFile(paths).catch(() => undefined);
  if (cause instanceof TypeError && cause.message === noSignOfLife) {
    const who = run?.pid ?? '<pid>';
    const message = `The pair (process ${who}) does not answer: it is stopped (kill -CONT ${who}) or stuck (kill ${who}, then npm start). Once it goes on it may still do what was asked.`;
    throw new ParityError('unreachable', message, { cause });
  }
  const message =
    run !== undefined && isAlive(run.pid)
      ? `Parity is not up yet: process ${run.pid} is starting it.`
      : 'Parity is not running here: start it with npm start.';
  throw new ParityError('not_running', message, { cause });
}
