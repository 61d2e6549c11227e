import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { knownError } from '../../domain/file-fault.ts';
import type { StatePaths } from '../state/state-paths.ts';
import type { ControlAnswers, ControlHandlers, ControlReply } from './control-api.ts';
import { parseAsked, parseRequest, type ControlAction } from './control-requests.ts';
import { openSocketFolder } from './socket-folder.ts';

/** Listens on the pair's control socket. */
export interface ControlServer {
  close(): Promise<void>;
}

/**
 * Opens the control socket, for its owner alone. The state folder must be held. A connection is one question: JSON until
 * whoever asks has ended his side, and JSON back, which a blank precedes at once: a sign of life. No HTTP: to load it
 * takes Node longer than a status (docs/decisions/0070).
 */
export async function openControl(paths: StatePaths, handlers: ControlHandlers): Promise<ControlServer> {
  const folder = await openSocketFolder(paths.root, paths.controlSocket);
  const socketFile = join(paths.root, paths.controlSocket);
  await rm(socketFile, { force: true });
  const connections = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, connection => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
    void serve(connection, handlers);
  });
  server.listen(folder.socketPath);
  await once(server, 'listening');
  await chmod(socketFile, 0o600);
  return {
    close: async () => {
      server.close();
      connections.forEach(connection => connection.destroy());
      await once(server, 'close');
      await folder.close();
    },
  };
}

async function serve(connection: Socket, handlers: ControlHandlers): Promise<void> {
  // Whoever asked may have left meanwhile: nobody is to be told.
  connection.on('error', () => connection.destroy());
  const asked = await text(connection).catch(() => undefined);
  if (asked === undefined) return;
  connection.write(' ');
  connection.end(JSON.stringify(await replyTo(asked, handlers)));
}

async function replyTo(text: string, handlers: ControlHandlers): Promise<ControlReply<ControlAction>> {
  try {
    const { action, request } = parseAsked(text);
    return { answer: await carryOut(action, request, handlers) };
  } catch (error) {
    const { code, message } = knownError(error) ?? { code: 'internal', message: String(error) };
    return { error: { code, message } };
  }
}

async function carryOut<A extends ControlAction>(
  action: A,
  request: unknown,
  handlers: ControlHandlers,
): Promise<ControlAnswers[A]> {
  return await handlers[action](parseRequest(action, request));
}
