import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { DocumentId } from '../../domain/document-id.ts';
import { body, handlersWorld, type TestCall } from './handlers-world.ts';
import { refusedAfterMs } from './open-link.ts';

/** A world with one stored document of driver-1, and links to it. */
async function linkWorld(test: TestContext, options: Parameters<typeof handlersWorld>[1] = {}) {
  const world = await handlersWorld(test, options);
  const document = await world.store({ text: 'by link' });
  const mint = (given: { version?: number; linkGeneration?: number; livesMs?: number } = {}) => {
    const { version = 1, linkGeneration = 0, livesMs = 60_000 } = given;
    const expiresAt = new Date(world.clock.now() + livesMs);
    return world.links.mintLink({ document, version, linkGeneration, expiresAt });
  };
  const open = async (token: string, as: TestCall = { user: null }) =>
    world.handlers.open(world.call({ token }, as));
  const revoke = async (id: DocumentId, as?: TestCall) => world.handlers.revokeLinks(world.call({ id }, as));
  return { ...world, document, mint, open, revoke };
}

const revoked = { code: 'link_revoked', message: 'The link was revoked: ask for a new one.' };
const expired = { code: 'link_expired', message: 'The link has expired: ask for a new one.' };
const invalid = { code: 'link_invalid', message: 'The link is not valid: open it exactly as it was sent.' };

describe('a link', () => {
  it('opens exactly its version, for whoever has it', async test => {
    const { mint, open } = await linkWorld(test);
    assert.match(await body(open(await mint())), /by link/);
    await assert.rejects(open(await mint({ version: 2 })), {
      code: 'not_found',
      message: 'The document is not there any more.',
    });
  });

  it('is refused when it has expired, and when it is forged', async test => {
    const { mint, open } = await linkWorld(test);
    await assert.rejects(open(await mint({ livesMs: 0 })), expired);
    await assert.rejects(open('a.b.c.d.e'), invalid);
  });

  it('is refused from the moment that its owner has revoked it; later ones open', async test => {
    const { mint, open, revoke, document, row } = await linkWorld(test);
    const token = await mint();
    assert.deepEqual(await revoke(document), { status: 204, empty: true });
    await assert.rejects(open(token), revoked);
    const linkGeneration = (await row(document))?.linkGeneration;
    assert.match(await body(open(await mint({ linkGeneration }))), /by link/);
  });

  it('is refused after the same time whatever is wrong with it, however long the look-up took', async test => {
    let tickMs = 0;
    const meanwhile = async () => world.clock.advance(tickMs);
    const world = await linkWorld(test, { own: { meanwhile } });
    const { mint, open, revoke, document, clock } = world;
    const [old, ended] = [await mint(), await mint({ livesMs: 0 })];
    await revoke(document);
    tickMs = 7;
    for (const [token, refusal] of [
      [old, revoked],
      [ended, expired],
      ['forged', invalid],
    ] as const) {
      const began = clock.monotonic();
      await assert.rejects(open(token), refusal);
      assert.equal(clock.monotonic() - began, refusedAfterMs, refusal.code);
    }
    assert.deepEqual(world.pausesMs, [refusedAfterMs - tickMs, refusedAfterMs, refusedAfterMs]);
  });

  it('costs the database nothing when it is forged or has expired', async test => {
    const { mint, open, database } = await linkWorld(test);
    const token = await mint({ livesMs: 0 });
    database.server.faults.down = true;
    await assert.rejects(open(token), expired);
    await assert.rejects(open('forged'), invalid);
  });
});

describe('a link where the policy demands sign-in', () => {
  it('opens for its owner, for an agent and for an admin', async test => {
    const { mint, open } = await linkWorld(test, { signIn: true });
    const token = await mint();
    for (const as of [
      { user: 'driver-1' },
      { user: 'otto', roles: ['agent'] },
      { user: 'ada', roles: ['admin'] },
    ] as const) {
      assert.match(await body(open(token, as)), /by link/);
    }
  });

  it('opens for nobody else, and tells whoever has not signed in nothing about the link', async test => {
    const { mint, open } = await linkWorld(test, { signIn: true });
    const token = await mint();
    await assert.rejects(open(token, { user: 'driver-2', roles: ['driver'] }), {
      code: 'forbidden',
      message: 'This link opens only for the owner of the document.',
    });
    for (const any of [token, 'forged']) {
      await assert.rejects(open(any), { code: 'unauthenticated', message: 'Sign in first.' });
    }
  });
});
