import { request } from 'node:http';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { openSocketFolder } from '../control/socket-folder.ts';
import { adminSocket } from './envoy/bootstrap.ts';

const timeoutMs = 2_000;

/** Envoy's admin interface (envoyproxy.io/docs: operations/admin), asked through a socket in the gateway's folder. */
export interface AdminInterface {
  /** The statistics whose name matches; texts without their quotes. */
  statistics(pattern: string, kind: 'numbers' | 'texts'): Promise<ReadonlyMap<string, string>>;
  /** True once Envoy serves. */
  isLive(): Promise<boolean>;
  /** Ends listening gracefully without ending the process. */
  drainListeners(): Promise<void>;
  /** Has logs written to a new file after they were renamed. */
  reopenLogs(): Promise<void>;
}

/** @throws ParityError `unreachable` from every method while nobody answers. */
export function adminInterface(folder: string): AdminInterface {
  const get = (path: string) => ask(folder, 'GET', path);
  const post = async (path: string) => {
    await ask(folder, 'POST', path);
  };
  return {
    statistics: async (pattern, kind) => {
      const type = kind === 'texts' ? '&type=TextReadouts' : '';
      return parseStatistics((await get(`/stats?filter=${encodeURIComponent(pattern)}${type}`)).text);
    },
    isLive: async () => (await get('/ready')).status === 200,
    drainListeners: () => post('/drain_listeners?graceful&skip_exit'),
    reopenLogs: () => post('/reopen_logs'),
  };
}

/** `name: 1` and `name: "text"`, one to a line. */
function parseStatistics(text: string): ReadonlyMap<string, string> {
  const entries = text.split('\n').flatMap((line): [string, string][] => {
    const [name, value] = line.split(': ', 2);
    return name === undefined || value === undefined ? [] : [[name, value.replace(/^"|"$/g, '')]];
  });
  return new Map(entries);
}

async function ask(
  folder: string,
  method: 'GET' | 'POST',
  path: string,
): Promise<{ status: number; text: string }> {
  const sockets = await openSocketFolder(folder, adminSocket);
  try {
    return await exchange(sockets.socketPath, method, path);
  } catch (cause) {
    const message = `The gateway in ${join(folder)} does not answer: is it running?`;
    throw new ParityError('unreachable', message, { cause });
  } finally {
    await sockets.close();
  }
}

function exchange(
  socketPath: string,
  method: string,
  path: string,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const signal = AbortSignal.timeout(timeoutMs);
  const asked = request({ socketPath, method, path, agent: false, signal }, response => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    response.on('error', reject);
  });
  asked.on('error', reject).end();
  return promise;
}
