import { mkdir, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Parity } from '../../domain/parity.ts';
import { parityOfRelease, type Release } from '../../domain/release.ts';
import type { Machine } from '../../local/engines/engine.ts';
import { findProgram } from '../../local/engines/programs.ts';
import { signAccessToken } from '../../local/keys/sign-access-token.ts';
import { keepTokenSigningKey, readTokenSigningKey } from '../../local/keys/token-signing-key.ts';
import type { Closing } from '../../local/pair/closing.ts';
import type { StatePaths } from '../../local/state/state-paths.ts';
import { systemClock } from '../../services/kit/ports.ts';
import { startServer, type RunningServer } from '../servers/start-server.ts';
import type { Contestant } from './contestant.ts';
import { startProcessorGateway, type RunningGateway } from './processor-gateway.ts';
import { startProcessor } from './processor-server.ts';

/** What the contestants need: all their files lie below `paths.root`, on one file system. */
export interface AcceptSurroundings {
  readonly paths: StatePaths;
  readonly release: Release;
  readonly brokers: Readonly<Record<Parity, { readonly url: string; readonly pid: number | undefined }>>;
  readonly machine: Machine;
  readonly closing: Closing;
}

/** All contestants, each in a process of its own. */
export interface AcceptWorld {
  readonly contestants: readonly Contestant[];
  readonly envoyVersion: string;
}

/** Starts the contestants; resolves when all of them serve. */
export async function openAcceptWorld(around: AcceptSurroundings): Promise<AcceptWorld> {
  const { paths, release, brokers, machine, closing } = around;
  const cluster = parityOfRelease(release);
  const uploads = join(paths.root, 'tus');
  await Promise.all([paths.keys.folder, uploads].map(folder => mkdir(folder, { recursive: true })));
  await keepTokenSigningKey(paths.keys, systemClock);
  const setpriv = await findProgram(machine, 'setpriv');
  const started = async <S extends RunningServer>(starting: Promise<S>): Promise<S> => {
    const server = await starting;
    await closing.opened(() => server.stop());
    return server;
  };
  const brokerUrls = { odd: brokers.odd.url, even: brokers.even.url };
  const [processor, tus, sink] = await Promise.all([
    started(startProcessor({ cluster, release, paths, brokerUrls, setpriv })),
    started(startServer({ name: 'tus', args: [program('tus'), uploads], setpriv })),
    started(startServer({ name: 'the sink', args: [program('sink')], setpriv })),
  ]);
  const gateway = await started(
    startProcessorGateway({ cluster, release, paths, processorPort: processor.port, machine }),
  );
  const authorization = await driverAuthorization(paths);
  const broker = brokers[cluster].pid;
  return {
    contestants: contestants({ processor, gateway, tus, sink, broker, authorization, paths, uploads }),
    envoyVersion: gateway.version,
  };
}

function program(name: 'tus' | 'sink'): string {
  return join(import.meta.dirname, '..', 'servers', `${name}-server.ts`);
}

async function driverAuthorization({ keys }: StatePaths): Promise<string> {
  const key = await readTokenSigningKey(keys);
  const driver = { user: 'bench-driver', roles: ['driver'], cohorts: [] } as const;
  return `Bearer ${await signAccessToken(driver, { key, clock: systemClock })}`;
}

interface Started {
  readonly processor: RunningServer;
  readonly gateway: RunningGateway;
  readonly tus: RunningServer;
  readonly sink: RunningServer;
  readonly broker: number | undefined;
  readonly authorization: string;
  readonly paths: StatePaths;
  readonly uploads: string;
}

function contestants(started: Started): Contestant[] {
  const { processor, gateway, tus, sink, broker, authorization, paths, uploads } = started;
  const emptied = new Set<string>();
  const documentHead = () =>
    headOf('/v1/documents', {
      authorization,
      'content-type': 'application/pdf',
      'x-document-name': 'paper.pdf',
    });
  const documents = {
    head: documentHead,
    takes: 202,
    empty: () => emptySpool(paths.spool, emptied),
  } as const;
  const straight = { processor: processor.pid, broker };
  return [
    { name: 'processor', port: processor.port, processes: straight, ...documents },
    { name: 'gateway', port: gateway.port, processes: { ...straight, gateway: gateway.pid }, ...documents },
    {
      name: 'tus',
      port: tus.port,
      processes: { tus: tus.pid },
      head: bodyBytes => headOf('/files', tusHeaders(bodyBytes)),
      takes: 201,
      empty: () => emptyFiles(uploads, emptied),
    },
    {
      name: 'sink',
      port: sink.port,
      processes: { sink: sink.pid },
      head: documentHead,
      takes: 202,
      empty: async () => {},
    },
  ];
}

/** Creation-with-upload: one request for a document, as with us. */
function tusHeaders(bodyBytes: number): Record<string, string> {
  return {
    'tus-resumable': '1.0.0',
    'upload-length': String(bodyBytes),
    'upload-metadata': `filename ${btoa('paper.pdf')}`,
    'content-type': 'application/offset+octet-stream',
  };
}

function headOf(path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `${[`POST ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n`;
}

async function emptySpool(spool: string, emptied: Set<string>): Promise<void> {
  const documents = join(spool, 'documents');
  for (const folder of await readdir(documents)) await emptyFiles(join(documents, folder), emptied);
}

/**
 * Gives back the space of what was taken: what was written and not synced must not be left for whoever comes next to
 * wait for. The names stay to the end of the run: an ext4 without journal passes over each inode freed in the last
 * minute whenever it makes a file, so that deleting thousands between turns would be much of what is measured.
 * `emptied` remembers what was emptied after an earlier turn.
 */
async function emptyFiles(folder: string, emptied: Set<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (emptied.has(path)) continue;
    await truncate(path);
    emptied.add(path);
  }
}
