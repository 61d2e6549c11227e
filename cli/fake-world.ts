import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock, systemRandom } from '../services/kit/ports.ts';
import { prepareKeys } from '../local/keys/prepare-keys.ts';
import { writeRunFile } from '../local/state/run-file.ts';
import { statePaths } from '../local/state/state-paths.ts';
import { runCli } from './program.ts';
import type { World } from './world.ts';

/** A request as the pair would see it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Answers a request to the pair; a rejection is a broken connection. */
export type FakePair = (request: SeenRequest) => Promise<Response> | Response;

/** For tests: the CLI in a world of its own. */
export interface FakeCli {
  /** Runs one command line and gives all that came of it. */
  run(...args: string[]): Promise<{ code: number; out: string; err: string }>;
  /** What the pair was asked. */
  readonly seen: readonly SeenRequest[];
  readonly world: World;
}

/** A pair that has been started at least once, and answers as `pair` does; without it, one that never was. */
export async function fakeCli(context: TestContext, pair?: FakePair): Promise<FakeCli> {
  const root = await mkdtemp(join(tmpdir(), 'parity-cli-'));
  context.after(() => rm(root, { recursive: true }));
  const paths = statePaths(root);
  const seen: SeenRequest[] = [];
  if (pair !== undefined) {
    const tokenUri = 'http://phones.test/token';
    await prepareKeys(paths.keys, { tokenUri, clock: systemClock, random: systemRandom });
    await writeRunFile(paths, run);
  }
  const output = { out: [] as string[], err: [] as string[] };
  const world: World = {
    env: {},
    paths,
    print: line => output.out.push(line),
    mention: line => output.err.push(line),
    fetch: async (input, init) => {
      const request = await seenRequest(new Request(input, init));
      seen.push(request);
      return (pair ?? (() => Promise.reject(new TypeError('fetch failed'))))(request);
    },
    clock: { ...systemClock, delay: async () => {} },
    random: systemRandom,
  };
  const runOnce = async (...args: string[]) => {
    const code = await runCli(args, world);
    const told = { code, out: output.out.join('\n'), err: output.err.join('\n') };
    output.out.length = output.err.length = 0;
    return told;
  };
  return { run: runOnce, seen, world };
}

const run = {
  pid: 4711,
  startedAt: '2026-11-22T06:28:44.313Z',
  url: 'http://pair.test',
  gateways: { odd: 'http://odd.test', even: 'http://even.test' },
  phonesUrl: 'http://phones.test',
};

async function seenRequest(request: Request): Promise<SeenRequest> {
  const { method, headers, url } = request;
  return { method, headers, path: new URL(url).pathname, body: await request.text() };
}
