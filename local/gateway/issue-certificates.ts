// tsyringe, which @peculiar/x509 is built on, wants the polyfill to be there first.
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { webcrypto } from 'node:crypto';
import type { Clock, Random } from '../../services/kit/ports.ts';
import type { KeyPair } from './envoy/tls.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const dayMs = 24 * 60 * 60 * 1000;
export const authorityLifeMs = 3650 * dayMs;
export const certificateLifeMs = 30 * dayMs;

/** Clocks of two machines may differ: a certificate is good from a little before it was made. */
const backdatedMs = 5 * 60 * 1000;

/** The time and the randomness that certificates are made of. */
export interface Minting {
  readonly clock: Clock;
  readonly random: Random;
}

/** A new authority of our own: its certificate and key. */
export async function createAuthority(minting: Minting): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=Parity gateways ${minting.random.bytes(4).toString('hex')}`,
    ...validity(minting, authorityLifeMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
    ],
  });
  return { chain: certificate.toString('pem'), key: await privateKeyPem(keys) };
}

/** A certificate that says who its holder is (a SPIFFE id), good for both ends of a connection. */
export async function issueCertificate(
  authority: KeyPair,
  { identity, ...minting }: Minting & { readonly identity: string },
): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create({
    issuer: new X509Certificate(authority.chain).subject,
    ...validity(minting, certificateLifeMs),
    signingAlgorithm: algorithm,
    signingKey: await signingKey(authority.key),
    publicKey: keys.publicKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new SubjectAlternativeNameExtension([{ type: 'url', value: identity }], true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    ],
  });
  return { chain: certificate.toString('pem'), key: await privateKeyPem(keys) };
}

function validity({ clock, random }: Minting, lifeMs: number) {
  const now = clock.now();
  return {
    // RFC 5280 §4.1.2.2: positive, so that the first bit is none.
    serialNumber: `00${random.bytes(15).toString('hex')}`,
    notBefore: new Date(now - backdatedMs),
    notAfter: new Date(now + lifeMs),
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), algorithm, false, ['sign']);
}

async function privateKeyPem({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
}
