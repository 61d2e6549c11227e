import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { errorCodes, ParityError } from '../../domain/errors.ts';
import { knownError } from '../../domain/file-fault.ts';
import type { StatePaths } from '../state/state-paths.ts';
import { controlAction, parseRequest, type ControlAction, type ControlHandlers } from './control-api.ts';
import { openSocketFolder } from './socket-folder.ts';

/** Listens on the pair's control socket. */
export interface ControlServer {
  close(): Promise<void>;
}

/** Opens the control socket, for its owner alone. The state folder must be held. */
export async function openControl(paths: StatePaths, handlers: ControlHandlers): Promise<ControlServer> {
  const folder = await openSocketFolder(paths.root, paths.controlSocket);
  const socketFile = join(paths.root, paths.controlSocket);
  await rm(socketFile, { force: true });
  const server = createServer((request, response) => void answer(request, response, handlers));
  server.listen(folder.socketPath);
  await once(server, 'listening');
  await chmod(socketFile, 0o600);
  return {
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await folder.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: ControlHandlers,
): Promise<void> {
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  try {
    send(200, await act(request, handlers));
  } catch (error) {
    const { code, message } = knownError(error) ?? { code: 'internal' as const, message: String(error) };
    send(errorCodes[code].status, { error: { code, message } });
  }
}

async function act(request: IncomingMessage, handlers: ControlHandlers): Promise<unknown> {
  const { method = '', url = '' } = request;
  const action = controlAction(method, url);
  if (action === undefined) {
    throw new ParityError('not_found', `The control socket knows no ${method} ${url}.`);
  }
  return await carryOut(action, await text(request), handlers);
}

function carryOut<A extends ControlAction>(
  action: A,
  body: string,
  handlers: ControlHandlers,
): Promise<unknown> {
  return handlers[action](parseRequest(action, body));
}
