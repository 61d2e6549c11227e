import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { timedDocumentId } from '../../domain/document-id.ts';
import { isParityError, type ErrorCode } from '../../domain/errors.ts';
import type { LinkKeySet } from '../../domain/link-key-set.ts';
import { createLinkKeySet, createLinks, linkLifeMs } from './link.ts';
import { silentLog } from './logger.ts';
import { manualClock } from './manual-clock.ts';
import { systemRandom } from './ports.ts';
import { testFolder } from './test-folder.ts';

const messages = {
  link_invalid: 'The link is not valid: open it exactly as it was sent.',
  link_expired: 'The link has expired: ask for a new one.',
};

async function refused(opened: Promise<unknown>, code: ErrorCode & keyof typeof messages) {
  await assert.rejects(opened, error => {
    assert.ok(isParityError(error, code));
    assert.equal(error.message, messages[code]);
    return true;
  });
}

async function linksBy(test: TestContext, keys: LinkKeySet, clock = manualClock()) {
  const keysFile = join(await testFolder(test), 'links.json');
  await writeFile(keysFile, JSON.stringify(keys));
  return createLinks({ keysFile, clock, log: silentLog });
}

async function world(test: TestContext) {
  const clock = manualClock();
  const keys = createLinkKeySet(systemRandom);
  const links = await linksBy(test, keys, clock);
  const document = timedDocumentId({ nowMs: clock.now(), random: systemRandom.bytes(10) });
  const link = { document, version: 1, linkGeneration: 3, expiresAt: new Date(clock.now() + linkLifeMs) };
  return { clock, keys, links, link, token: await links.mintLink(link) };
}

describe('createLinks', () => {
  it('opens what it minted, for 24 hours', async test => {
    const { clock, links, link, token } = await world(test);
    assert.deepEqual(await links.openLink(token), link);
    clock.advance(24 * 3_600_000 - 1);
    assert.deepEqual(await links.openLink(token), link);
    clock.advance(1);
    await refused(links.openLink(token), 'link_expired');
  });

  it('mints tokens that say nothing, fit into a path and are short', async test => {
    const { link, token } = await world(test);
    assert.match(token, /^[\w.-]{1,300}$/);
    const parts = token.split('.').map(part => Buffer.from(part, 'base64url').toString('latin1'));
    assert.doesNotMatch(parts.join(), new RegExp(link.document));
  });

  it('refuses a token that was altered in any part', async test => {
    const { links, token } = await world(test);
    for (const index of [0, 2, 3, 4]) {
      const altered = token.split('.').map((part, at) => (at === index ? flipped(part) : part));
      await refused(links.openLink(altered.join('.')), 'link_invalid');
    }
  });

  it('refuses what is no token', async test => {
    const { links, token } = await world(test);
    for (const text of ['', '.', '....', 'x', `${token}.`, '../../etc/passwd', 'a'.repeat(10_000)]) {
      await refused(links.openLink(text), 'link_invalid');
    }
  });

  it("refuses another installation's token, also under our key's name", async test => {
    const { keys, links, link } = await world(test);
    const foreign = createLinkKeySet(systemRandom);
    const named = { keys: foreign.keys.map(key => ({ ...key, kid: keys.keys[0]?.kid ?? '' })) };
    for (const set of [foreign, named]) {
      const token = await (await linksBy(test, set)).mintLink(link);
      await refused(links.openLink(token), 'link_invalid');
    }
  });

  it('tells nobody without the key that a link has expired', async test => {
    const { clock, links, token } = await world(test);
    clock.advance(2 * linkLifeMs);
    await refused(links.openLink(flipped(token)), 'link_invalid');
  });

  it('opens old links through a rotation, and mints by the first key', async test => {
    const { keys, link, token } = await world(test);
    const next = createLinkKeySet(systemRandom);
    const rotated = await linksBy(test, { keys: [...next.keys, ...keys.keys] });
    assert.deepEqual(await rotated.openLink(token), link);
    const onlyNext = await linksBy(test, next);
    assert.deepEqual(await onlyNext.openLink(await rotated.mintLink(link)), link);
    await refused(onlyNext.openLink(token), 'link_invalid');
  });

  it('does not take a key of another length', async test => {
    const keys = createLinkKeySet(systemRandom).keys.map(key => ({ ...key, k: 'AAAA' }));
    await assert.rejects(linksBy(test, { keys }), error => {
      assert.ok(isParityError(error, 'invalid_configuration'));
      assert.match(
        error.message,
        /^The key file .* does not hold the keys that belong there: put back one that does\.$/,
      );
      return true;
    });
  });
});

/** Another character in the middle, where every bit of base64url counts. */
function flipped(text: string): string {
  const at = Math.floor(text.length / 2);
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}
