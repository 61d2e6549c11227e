import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { perParity, perParityAsync, type Parity } from '../../domain/parity.ts';
import { parseKept } from '../state/parse-kept.ts';
import { readIfThere, writePrivateFile } from '../state/private-file.ts';
import { gatewayIdentity } from './envoy/names.ts';
import type { GatewayIdentity, KeyPair } from './envoy/tls.ts';
import type { Minting } from './issue-certificates.ts';

const keyPair = z.strictObject({ chain: z.string().min(1), key: z.string().min(1) });

const kept = z.strictObject({
  /** The newest first; it signs. The others are still believed. */
  authorities: z.array(keyPair).min(1).max(2),
  certificates: z.strictObject(perParity(() => keyPair)),
});

/** The pair's own authorities and its gateways' certificates. */
export type GatewayKeys = z.infer<typeof kept>;

const wayOut = 'delete it, and start Parity again: a new authority and new certificates are made';

/** A certificate with less than this left is renewed when somebody looks. */
const renewBeforeMs = 10 * 24 * 60 * 60 * 1000;

/** Reads the keys, makes what is missing, renews what is about to expire. */
export async function keepGatewayKeys(path: string, minting: Minting): Promise<GatewayKeys> {
  const text = await readIfThere(path);
  const keys = text === undefined ? undefined : parseKept(text, kept, { path, wayOut });
  if (keys !== undefined && isFresh(keys, minting)) return keys;
  return writeKeys(
    path,
    await withNewCertificates(keys?.authorities ?? [await newAuthority(minting)], minting),
  );
}

/** New certificates for both gateways, from the same authority. */
export async function renewCertificates(path: string, minting: Minting): Promise<GatewayKeys> {
  const { authorities } = await keepGatewayKeys(path, minting);
  return writeKeys(path, await withNewCertificates(authorities, minting));
}

/**
 * Changes the authority in three steps: believe the new one too, show certificates from it, believe it alone. Both
 * gateways must have taken a step before the next is asked for. A change that was interrupted is brought to its end
 * first, for nobody can tell whose certificates are shown.
 */
export async function* changeAuthority(path: string, minting: Minting): AsyncGenerator<GatewayKeys> {
  const before = await keepGatewayKeys(path, minting);
  if (before.authorities.length > 1) yield before;
  const settled = yield* withNewestAlone(path, before, minting);
  const added = await newAuthority(minting);
  const both = { ...settled, authorities: [added, ...settled.authorities] };
  yield writeKeys(path, both);
  yield* withNewestAlone(path, both, minting);
}

/** Everybody believes all of its authorities: has the newest sign, and then be the only one. */
async function* withNewestAlone(
  path: string,
  keys: GatewayKeys,
  minting: Minting,
): AsyncGenerator<GatewayKeys, GatewayKeys> {
  if (keys.authorities.length === 1) return keys;
  const renewed = await withNewCertificates(keys.authorities, minting);
  yield writeKeys(path, renewed);
  const alone = await writeKeys(path, { ...renewed, authorities: renewed.authorities.slice(0, 1) });
  yield alone;
  return alone;
}

/** What the gateway of `parity` shows and believes. */
export function identityOf(parity: Parity, { authorities, certificates }: GatewayKeys): GatewayIdentity {
  return { own: certificates[parity], authorities: authorities.map(({ chain }) => chain).join('\n') };
}

function isFresh({ certificates }: GatewayKeys, { clock }: Minting): boolean {
  return Object.values(certificates).every(
    ({ chain }) => Date.parse(new X509Certificate(chain).validTo) - clock.now() > renewBeforeMs,
  );
}

async function withNewCertificates(authorities: readonly KeyPair[], minting: Minting): Promise<GatewayKeys> {
  const [signing] = authorities as [KeyPair];
  const { issueCertificate } = await certificates();
  const issue = (parity: Parity) =>
    issueCertificate(signing, { ...minting, identity: gatewayIdentity(parity) });
  return { authorities: [...authorities], certificates: await perParityAsync(issue) };
}

async function newAuthority(minting: Minting): Promise<KeyPair> {
  return (await certificates()).createAuthority(minting);
}

/** Loaded when it is needed, about once a month: it takes as long as a good part of a start. */
function certificates() {
  return import('./issue-certificates.ts');
}

async function writeKeys(path: string, keys: GatewayKeys): Promise<GatewayKeys> {
  await writePrivateFile(path, JSON.stringify(keys));
  return keys;
}
