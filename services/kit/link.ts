import { CompactEncrypt, compactDecrypt } from 'jose';
import { z } from 'zod';
import { isDocumentId, type DocumentId } from '../../domain/document-id.ts';
import { ParityError } from '../../domain/errors.ts';
import { linkEncryption, linkKeyBytes, linkKeySet, type LinkKeySet } from '../../domain/link-key-set.ts';
import { openKeyFile } from './key-file.ts';
import type { Log } from './logger.ts';
import type { Clock, Random } from './ports.ts';

/** What a link opens, and until when. Whoever holds it may read that one version: it is a bearer token. */
export interface Link {
  readonly document: DocumentId;
  readonly version: number;
  /** The document's `linkGeneration` when the link was minted: one below the row's was revoked. */
  readonly linkGeneration: number;
  readonly expiresAt: Date;
}

/** Mints and opens the tokens of links. */
export interface Links {
  mintLink(link: Link): Promise<string>;
  /** @throws ParityError `link_invalid`, `link_expired`, `keys_unavailable`. */
  openLink(token: string): Promise<Link>;
}

/** How long a link lives if nobody says otherwise (design.md §3). A push's TTL is never longer. */
export const linkLifeMs = 24 * 60 * 60_000;

const maxTokenLength = 512;

/** What a later release adds must be such that this one may do without it (design.md §6, neighbour contract). */
const contents = z.object({
  d: z
    .string()
    .refine(isDocumentId)
    .transform(text => text as DocumentId),
  v: z.int().positive(),
  g: z.int().nonnegative(),
  exp: z.number().positive(),
});

/** A new key set of one key; also the way to a new key for rotation. */
export function createLinkKeySet(random: Random): LinkKeySet {
  const { alg, use } = { alg: linkEncryption.enc, use: 'enc' } as const;
  const kid = random.bytes(4).toString('hex');
  return { keys: [{ kty: 'oct', alg, use, kid, k: random.bytes(linkKeyBytes).toString('base64url') }] };
}

/**
 * Links by the keys of a file, which is read again when it changes. A link ends by the clock of whoever opens it,
 * without leeway. @throws ParityError `invalid_configuration` when the file cannot be used.
 */
export async function createLinks(options: {
  readonly keysFile: string;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<Links> {
  const { clock, log } = options;
  const keyFile = await openKeyFile({ path: options.keysFile, parse: parseKeys, clock, log });

  return {
    mintLink: ({ document, version, linkGeneration, expiresAt }) => {
      const { first } = keyFile.current();
      const payload = JSON.stringify({
        d: document,
        v: version,
        g: linkGeneration,
        exp: expiresAt.getTime(),
      });
      return new CompactEncrypt(Buffer.from(payload))
        .setProtectedHeader({ ...linkEncryption, kid: first.kid })
        .encrypt(first.secret);
    },
    openLink: async token => {
      const link = await decrypt(token, keyFile.current());
      if (link.expiresAt.getTime() <= clock.now()) {
        throw new ParityError('link_expired', 'The link has expired: ask for a new one.');
      }
      return link;
    },
  };
}

interface Keys {
  readonly first: { readonly kid: string; readonly secret: Uint8Array };
  readonly secrets: ReadonlyMap<string, Uint8Array>;
}

function parseKeys(text: string): Keys {
  const { keys } = linkKeySet.parse(JSON.parse(text));
  const all = keys.map(({ kid, k }) => ({ kid, secret: Buffer.from(k, 'base64url') }));
  const [first] = all;
  if (first === undefined) throw new TypeError('no key');
  return { first, secrets: new Map(all.map(({ kid, secret }) => [kid, secret])) };
}

/** An expired link and a forged one cost the same single decryption, so time tells nobody which it is. */
async function decrypt(token: string, { first, secrets }: Keys): Promise<Link> {
  try {
    if (token.length > maxTokenLength) throw new TypeError('longer than any link');
    const keyOf = ({ kid }: { kid?: string }) => secrets.get(kid ?? '') ?? first.secret;
    const { plaintext } = await compactDecrypt(token, keyOf, {
      keyManagementAlgorithms: [linkEncryption.alg],
      contentEncryptionAlgorithms: [linkEncryption.enc],
    });
    const { d, v, g, exp } = contents.parse(JSON.parse(Buffer.from(plaintext).toString('utf8')));
    return { document: d, version: v, linkGeneration: g, expiresAt: new Date(exp) };
  } catch (cause) {
    throw new ParityError('link_invalid', 'The link is not valid: open it exactly as it was sent.', {
      cause,
    });
  }
}
