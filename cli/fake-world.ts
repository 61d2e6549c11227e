import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ParityError } from '../domain/errors.ts';
import { systemClock, systemRandom } from '../services/kit/ports.ts';
import { prepareKeys } from '../local/keys/prepare-keys.ts';
import { writeRunFile } from '../local/state/run-file.ts';
import { statePaths } from '../local/state/state-paths.ts';
import type { TestWorld } from '../release/testing/test-world.ts';
import type { ReleaseBuild } from './open-releases.ts';
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
  /** Which releases the pair was asked to prepare. */
  readonly registered: readonly ReleaseBuild[];
  /** What was on the screen when it was last drawn. */
  screen(): readonly string[];
  /** A Ctrl-C. */
  interrupt(): void;
}

/** What a fake CLI may have besides a pair that answers. */
export interface FakeSurroundings {
  /** What releases are shipped in; its clock is the CLI's too. */
  readonly releases?: TestWorld;
  /** What the person at the terminal answers to everything; nobody sits there without it. */
  readonly answer?: string;
}

/** A pair that has been started at least once, and answers as `pair` does; without it, one that never was. */
export async function fakeCli(
  context: TestContext,
  pair?: FakePair,
  around: FakeSurroundings = {},
): Promise<FakeCli> {
  const root = await mkdtemp(join(tmpdir(), 'parity-cli-'));
  context.after(() => rm(root, { recursive: true }));
  const paths = statePaths(root);
  if (pair !== undefined) {
    const tokenUri = 'http://phones.test/token';
    await prepareKeys(paths.keys, { tokenUri, clock: systemClock, random: systemRandom });
    await writeRunFile(paths, run);
  }
  const seen: SeenRequest[] = [];
  const output = { out: [] as string[], err: [] as string[] };
  const { person, ...releases } = fakePerson(around);
  const world: World = {
    env: {},
    paths,
    ...person,
    print: line => output.out.push(line),
    mention: line => output.err.push(line),
    fetch: async (input, init) => {
      const sent = new Request(input, init);
      const request = await seenRequest(sent);
      seen.push(request);
      const given = (pair ?? (() => Promise.reject(new TypeError('fetch failed'))))(request);
      return Promise.race([given, abortOf(sent.signal)]);
    },
    clock: { ...systemClock, delay: async () => {}, ...around.releases?.clock },
    random: systemRandom,
  };
  const runOnce = async (...args: string[]) => {
    const code = await runCli(args, world);
    const told = { code, out: output.out.join('\n'), err: output.err.join('\n') };
    output.out.length = output.err.length = 0;
    return told;
  };
  return { run: runOnce, seen, world, ...releases };
}

/** Somebody at the keyboard, and the releases that are shipped from there. */
function fakePerson({ releases, answer }: FakeSurroundings) {
  const registered: ReleaseBuild[] = [];
  const leaving: (() => void)[] = [];
  let screen: readonly string[] = [];
  const person: Pick<World, 'who' | 'terminal' | 'onInterrupt' | 'openReleases'> = {
    who: 'anna',
    terminal: {
      canAsk: answer !== undefined,
      isScreen: answer !== undefined,
      ask: async () => answer ?? assert.fail('somebody was asked where nobody sits'),
      replace: lines => void (screen = lines),
    },
    onInterrupt: leave => {
      leaving.push(leave);
      return () => void leaving.splice(leaving.indexOf(leave), 1);
    },
    openReleases: async () => {
      if (releases === undefined) throw new ParityError('not_running', 'Nothing to ship releases in.');
      const register = async (source: ReleaseBuild) => {
        registered.push(source);
        const checkout = source.ref === undefined ? fakeCheckout : undefined;
        return { commit: source.ref && fakeCommit, checkout, fault: source.fault };
      };
      return { world: releases, register };
    },
  };
  const interrupt = () => leaving.forEach(leave => leave());
  return { person, registered, interrupt, screen: () => screen };
}

/** What git calls the checkout of a fake CLI. */
const fakeCheckout = 'facade123456-dirty';

/** What every ref of a fake CLI names. */
const fakeCommit = 'c0ffee1234567890c0ffee1234567890c0ffee12';

const run = {
  pid: 4711,
  startedAt: '2026-11-22T06:28:44.313Z',
  url: 'http://pair.test',
  gateways: { odd: 'http://odd.test', even: 'http://even.test' },
  phonesUrl: 'http://phones.test',
};

/** Rejects as a request does that is given up. */
function abortOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return promise;
}

async function seenRequest(request: Request): Promise<SeenRequest> {
  const { method, headers, url } = request;
  return { method, headers, path: new URL(url).pathname, body: await request.text() };
}
