import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { errorCodes, ParityError, type ErrorCode } from '../../domain/errors.ts';
import { isAlive } from '../engines/process-tree.ts';
import type { StatePaths } from '../state/state-paths.ts';
import type { ControlAnswers, ControlHandlers, ControlReply } from './control-api.ts';
import type { ControlAction, ControlRequest } from './control-requests.ts';
import { openSocketFolder } from './socket-folder.ts';

/** The running pair, asked over its control socket. */
export type Control = ControlHandlers;

/**
 * The way to the pair whose state lies at `paths`; nothing is connected before it is asked.
 * Each method throws ParityError: `not_running`, or what the pair answered.
 */
export function controlOf(paths: StatePaths): Control {
  const asking =
    <A extends ControlAction>(action: A) =>
    (request?: ControlRequest<A>) =>
      ask(paths, action, request);
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

async function ask<A extends ControlAction>(
  paths: StatePaths,
  action: A,
  request: ControlRequest<A> | undefined,
): Promise<ControlAnswers[A]> {
  const nobody = (cause: unknown) => notRunning(paths, cause);
  const folder = await openSocketFolder(paths.root, paths.controlSocket).catch(nobody);
  try {
    const reply = await exchange<A>(folder.socketPath, JSON.stringify({ action, request })).catch(nobody);
    if ('answer' in reply) return reply.answer;
    throw toldError(reply.error);
  } finally {
    await folder.close();
  }
}

/** All that is asked, then all that is answered; a pair that dies meanwhile leaves half a reply. */
async function exchange<A extends ControlAction>(
  socketPath: string,
  asked: string,
): Promise<ControlReply<A>> {
  const connection = connect(socketPath);
  connection.end(asked);
  return JSON.parse(await text(connection)) as ControlReply<A>;
}

function toldError({ code, message }: { code: string; message: string }): ParityError {
  return new ParityError(code in errorCodes ? (code as ErrorCode) : 'internal', message);
}

async function notRunning(paths: StatePaths, cause: unknown): Promise<never> {
  // Loaded when wanted: whoever gets an answer checks no shapes.
  const { readRunFile } = await import('../state/run-file.ts');
  const run = await readRunFile(paths).catch(() => undefined);
  const message =
    run !== undefined && isAlive(run.pid)
      ? `Parity is not up yet: process ${run.pid} is starting it.`
      : 'Parity is not running here: start it with npm start.';
  throw new ParityError('not_running', message, { cause });
}
