import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { bucketOf, cohortsClaim, type Claims, type Role } from '../../domain/claims.ts';
import { ParityError } from '../../domain/errors.ts';
import type { Answer } from '../kit/http/exchange.ts';
import { createLinkKeySet, createLinks } from '../kit/link.ts';
import { silentLog } from '../kit/logger.ts';
import type { Clock } from '../kit/ports.ts';
import { systemRandom } from '../kit/ports.ts';
import { storageHandlers } from './handlers.ts';
import { storeDocument } from './store-document.ts';
import { storingWorld, type TestDocument, type TestProcess } from './storing-world.ts';

/** Whoever asks in a test, and for what. */
export interface TestCall {
  /** @default 'driver-1'; null has not signed in */
  readonly user?: string | null;
  readonly roles?: readonly Role[];
  readonly query?: string;
}

/** For tests: storage's routes over a world, as its callers use them. */
export async function handlersWorld(
  test: TestContext,
  { signIn = false, own }: { signIn?: boolean; own?: TestProcess } = {},
) {
  const world = await storingWorld(test);
  const keysFile = join(world.folder, 'links.json');
  await writeFile(keysFile, JSON.stringify(createLinkKeySet(systemRandom)));
  const links = await createLinks({ keysFile, clock: world.clock, log: silentLog });
  const paused = pausing(world.clock);
  const handlers = storageHandlers({ ...world.process(own), clock: paused.clock }, { links, signIn });
  const store = async (document: TestDocument = {}) => {
    const message = await world.accept(document);
    await storeDocument(world.process(), message, 0);
    return message.document;
  };
  return { ...world, links, handlers, call, store, pausesMs: paused.pausesMs };
}

/** A world's clock for whoever waits by himself: it moves on at once. */
function pausing(clock: Clock & { advance(ms: number): void }) {
  const pausesMs: number[] = [];
  const delay = async (ms: number) => {
    pausesMs.push(ms);
    clock.advance(ms);
  };
  return { pausesMs, clock: { ...clock, delay } };
}

function call(
  params: Record<string, string> = {},
  { user = 'driver-1', roles = [], query = '' }: TestCall = {},
) {
  const claims = user === null ? undefined : claimsOf(user, roles);
  const signedIn = async () => {
    if (claims !== undefined) return claims;
    throw new ParityError('unauthenticated', 'Sign in first.');
  };
  const request = { claims, signedIn, params, query: new URLSearchParams(query), headers: {} };
  return { ...request, correlationId: 'test', body: () => assert.fail('no body is read') } as never;
}

function claimsOf(user: string, roles: readonly Role[]): Claims {
  return { sub: user, roles, bucket: bucketOf(user), cohorts: cohortsClaim([]) };
}

/** The JSON of an answer. */
export async function json(answer: Answer | Promise<Answer>): Promise<Record<string, unknown>> {
  const given = await answer;
  assert.ok('json' in given);
  return given.json as Record<string, unknown>;
}

/** The bytes of an answer, as text. */
export async function body(answer: Answer | Promise<Answer>): Promise<string> {
  const given = await answer;
  assert.ok('stream' in given);
  return text(given.stream);
}
