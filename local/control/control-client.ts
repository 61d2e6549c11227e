import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { errorCodes, ParityError, type ErrorCode } from '../../domain/errors.ts';
import { isAlive } from '../engines/process-tree.ts';
import { readRunFile } from '../state/run-file.ts';
import type { StatePaths } from '../state/state-paths.ts';
import {
  controlRoute,
  type ControlAction,
  type ControlAnswers,
  type ControlHandlers,
  type ControlRequest,
} from './control-api.ts';
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
    releases: asking('releases'),
    applyRecord: asking('applyRecord'),
    readBackRouting: asking('readBackRouting'),
    peerChecks: asking('peerChecks'),
  };
}

async function ask<A extends ControlAction>(
  paths: StatePaths,
  action: A,
  asked: ControlRequest<A> | undefined,
): Promise<ControlAnswers[A]> {
  const nobody = (cause: unknown) => notRunning(paths, cause);
  const folder = await openSocketFolder(paths.root, paths.controlSocket).catch(nobody);
  try {
    const { status, body } = await exchange(folder.socketPath, action, asked).catch(nobody);
    if (status === 200) return JSON.parse(body) as ControlAnswers[A];
    throw toldError(body);
  } finally {
    await folder.close();
  }
}

function exchange(
  socketPath: string,
  action: ControlAction,
  asked: unknown,
): Promise<{ status: number | undefined; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; body: string }>();
  request({ socketPath, ...controlRoute(action), agent: false }, response => {
    text(response).then(body => resolve({ status: response.statusCode, body }), reject);
  })
    .once('error', reject)
    .end(asked === undefined ? undefined : JSON.stringify(asked));
  return promise;
}

function toldError(body: string): ParityError {
  const { error } = JSON.parse(body) as { error: { code: string; message: string } };
  const code: ErrorCode = error.code in errorCodes ? (error.code as ErrorCode) : 'internal';
  return new ParityError(code, error.message);
}

async function notRunning(paths: StatePaths, cause: unknown): Promise<never> {
  const run = await readRunFile(paths).catch(() => undefined);
  const message =
    run !== undefined && isAlive(run.pid)
      ? `Parity is not up yet: process ${run.pid} is starting it.`
      : 'Parity is not running here: start it with npm start.';
  throw new ParityError('not_running', message, { cause });
}
