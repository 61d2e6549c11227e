import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { json } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { testFolder } from '../../../services/kit/test-folder.ts';
import { creation, endGroup, runContainer, type FakeContainer } from './fake-container.ts';

/** What a test's engine differs in from one that Parity can use. */
export interface FakeEngine {
  readonly version?: Readonly<Record<string, string>>;
  readonly securityOptions?: readonly string[];
  /** Images that are there; @default none */
  readonly images?: readonly string[];
  /** Images that can be pulled; @default none */
  readonly pullable?: readonly string[];
  /** What the engine says to a start, such as that a port is taken. */
  readonly startFails?: string;
  /** Where containers find their programs, before the machine's own. */
  readonly programs?: string;
}

type Fake = Awaited<ReturnType<typeof fakeDocker>>;
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: Readonly<Record<string, string>>;
  readonly name: string;
}

/**
 * A Docker engine for tests, on a socket of its own. It takes exactly the requests that Parity has reason to make and
 * answers 400 to all others, remembering them. A "container" is a process group of this machine: its first process gets
 * its input from the one attached connection and takes the group with it when it ends, as in a container. What it
 * cannot show is whether the images hold what we expect of them.
 */
export async function fakeDocker(test: TestContext, engine: FakeEngine = {}) {
  const socketPath = join(await testFolder(test), 'docker.sock');
  const state = {
    images: new Set(engine.images),
    containers: new Map<string, FakeContainer>(),
    refused: [] as string[],
    asked: [] as string[],
  };
  const server = createServer((request, response) => void answer({ ...state, engine }, request, response));
  server.on('upgrade', (request, connection: Duplex) => attach({ ...state, engine }, request, connection));
  server.listen(socketPath);
  await once(server, 'listening');
  test.after(() => {
    for (const { process: running } of state.containers.values()) endGroup(running, 'SIGKILL');
    server.closeAllConnections();
    server.close();
  });
  return { ...state, engine, env: { DOCKER_HOST: `unix://${socketPath}` } };
}

type State = Pick<Fake, 'images' | 'containers' | 'refused' | 'asked' | 'engine'>;

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://docker');
  const [, version, kind = '', name = '', what = ''] = url.pathname.split('/');
  const query = Object.fromEntries(url.searchParams);
  const route = [
    request.method,
    kind,
    name === 'create' ? name : name && ':',
    what,
    ...Object.keys(query),
  ].join(' ');
  state.asked.push(route.replaceAll(/ +/g, ' ').trim());
  const handle = version === 'v1.44' ? routes[state.asked.at(-1) ?? ''] : undefined;
  if (handle === undefined) return refuse(state, response, `${request.method} ${request.url}`);
  await handle(state, { request, response, query, name });
}

function refuse({ refused }: State, response: ServerResponse, why: string): void {
  refused.push(why);
  send(response, 400, { message: `the fake does not know: ${why}` });
}

function send(response: ServerResponse, status: number, body?: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(body === undefined ? '' : JSON.stringify(body));
}

const ourVersion = {
  Version: '29.1.0',
  ApiVersion: '1.52',
  MinAPIVersion: '1.44',
  Os: 'linux',
  Arch: 'amd64',
};

type Handle = (state: State, exchange: Exchange) => Promise<void> | void;

const routes: Readonly<Record<string, Handle>> = {
  'GET version': ({ engine }, { response }) => send(response, 200, { ...ourVersion, ...engine.version }),
  'GET info': ({ engine }, { response }) =>
    send(response, 200, { SecurityOptions: engine.securityOptions ?? ['name=seccomp,profile=builtin'] }),
  'GET images : json': ({ images }, { response, name }) =>
    images.has(name) ? send(response, 200, {}) : send(response, 404, { message: `No such image: ${name}` }),
  'POST images create fromImage tag': ({ images, engine }, { response, query }) => {
    const name = `${query['fromImage']}:${query['tag']}`;
    const isThere = engine.pullable?.includes(name) === true;
    if (isThere) images.add(name);
    const last = isThere ? { status: `Downloaded ${name}` } : { error: `manifest for ${name} not found` };
    response
      .writeHead(200)
      .end([{ status: 'Pulling' }, last].map(line => `${JSON.stringify(line)}\r\n`).join(''));
  },
  'POST containers create name': create,
  'GET containers : json': ({ containers }, { response, name }) => {
    const found = containers.get(name);
    if (found === undefined) return send(response, 404, { message: 'No such container' });
    send(response, 200, { State: { Status: found.status } });
  },
  'POST containers : wait condition': async (state, { response, name, query }) => {
    const found = state.containers.get(name);
    if (found === undefined) return send(response, 404, { message: 'No such container' });
    if (query['condition'] !== 'removed') return refuse(state, response, `wait for ${query['condition']}`);
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    response.end(JSON.stringify({ StatusCode: await found.removed.promise }));
  },
  'POST containers : start': start,
  'POST containers : stop t': (state, { response, name, query }) => {
    const running = state.containers.get(name)?.process;
    if (running === undefined) return send(response, 404, { message: 'No such container' });
    running.kill('SIGTERM');
    const late = setTimeout(() => endGroup(running, 'SIGKILL'), Number(query['t']) * 1000);
    running.once('exit', () => {
      clearTimeout(late);
      send(response, 204);
    });
  },
  'POST containers : kill signal': ({ containers }, { response, name }) => {
    const running = containers.get(name)?.process;
    if (running === undefined) return send(response, 409, { message: 'container is not running' });
    endGroup(running, 'SIGKILL');
    send(response, 204);
  },
  'DELETE containers :': remove,
  'DELETE containers : force': remove,
};

async function create(state: State, { request, response, query }: Exchange): Promise<void> {
  const body = creation.safeParse(await json(request));
  const { name = '' } = query;
  if (!body.success) return refuse(state, response, z.prettifyError(body.error));
  const { Image, ExposedPorts, HostConfig } = body.data;
  const ports = Object.entries(HostConfig.PortBindings);
  if (
    ports.some(([port, [{ HostPort }]]) => port !== `${HostPort}/tcp` || ExposedPorts[port] === undefined)
  ) {
    return refuse(state, response, `ports ${JSON.stringify(HostConfig.PortBindings)}`);
  }
  if (!state.images.has(Image)) return send(response, 404, { message: `No such image: ${Image}` });
  if (state.containers.has(name))
    return send(response, 409, { message: `The name ${name} is already in use` });
  state.containers.set(name, { body: body.data, status: 'created', removed: Promise.withResolvers() });
  send(response, 201, { Id: name, Warnings: [] });
}

function remove({ containers }: State, { response, name }: Exchange): void {
  const found = containers.get(name);
  containers.delete(name);
  endGroup(found?.process, 'SIGKILL');
  found?.attached?.destroy();
  found?.removed.resolve(137);
  send(
    response,
    found === undefined ? 404 : 204,
    found === undefined ? { message: 'No such container' } : undefined,
  );
}

function attach({ containers, refused }: State, request: IncomingMessage, connection: Duplex): void {
  const url = new URL(request.url ?? '', 'http://docker');
  const [, , , name = ''] = url.pathname.split('/');
  const found = containers.get(name);
  const wanted = 'stream=1&stdin=1&stdout=1&stderr=1';
  if (found === undefined || url.search !== `?${wanted}` || request.headers.upgrade !== 'tcp') {
    refused.push(`attach ${request.url}`);
    connection.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  found.attached = connection;
  connection.write('HTTP/1.1 101 UPGRADED\r\nconnection: Upgrade\r\nupgrade: tcp\r\n\r\n');
}

function start({ containers, engine }: State, { response, name }: Exchange): void {
  const found = containers.get(name);
  const attached = found?.attached;
  if (found === undefined || attached === undefined)
    return send(response, 500, { message: 'nobody is attached' });
  if (engine.startFails !== undefined) return send(response, 500, { message: engine.startFails });
  runContainer(found, { attached, programs: engine.programs, remove: () => containers.delete(name) });
  send(response, 204);
}
