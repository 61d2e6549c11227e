import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { manualClock } from '../../services/kit/manual-clock.ts';
import { systemRandom } from '../../services/kit/ports.ts';
import {
  authorityLifeMs,
  certificateLifeMs,
  createAuthority,
  issueCertificate,
} from './issue-certificates.ts';

const identity = 'spiffe://parity.local/gateway/odd';

function aMinting() {
  return { clock: manualClock(), random: systemRandom };
}

describe('createAuthority', () => {
  it('makes a certificate that signs others and holds ten years', async () => {
    const minting = aMinting();
    const { chain, key } = await createAuthority(minting);
    const certificate = new X509Certificate(chain);
    assert.ok(certificate.ca);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
    assert.equal(certificate.validToDate.getTime(), minting.clock.now() + authorityLifeMs);
  });

  it('makes another one every time, with a name of its own', async () => {
    const minting = aMinting();
    const [one, other] = await Promise.all([createAuthority(minting), createAuthority(minting)]);
    assert.notEqual(new X509Certificate(one.chain).subject, new X509Certificate(other.chain).subject);
  });
});

describe('issueCertificate', () => {
  it('says who its holder is, and nothing else', async () => {
    const minting = aMinting();
    const issued = await issueCertificate(await createAuthority(minting), { ...minting, identity });
    assert.equal(new X509Certificate(issued.chain).subjectAltName, `URI:${identity}`);
  });

  it('is signed by the authority and by no other', async () => {
    const minting = aMinting();
    const [authority, foreign] = [await createAuthority(minting), await createAuthority(minting)];
    const issued = await issueCertificate(authority, { ...minting, identity });
    const certificate = new X509Certificate(issued.chain);
    assert.ok(certificate.checkIssued(new X509Certificate(authority.chain)));
    assert.ok(certificate.verify(new X509Certificate(authority.chain).publicKey));
    assert.ok(!certificate.verify(new X509Certificate(foreign.chain).publicKey));
  });

  it('fits its key, is no authority, and is good for both ends of a connection', async () => {
    const minting = aMinting();
    const issued = await issueCertificate(await createAuthority(minting), { ...minting, identity });
    const certificate = new X509Certificate(issued.chain);
    assert.ok(certificate.checkPrivateKey(createPrivateKey(issued.key)));
    assert.ok(!certificate.ca);
    // serverAuth and clientAuth (RFC 5280 §4.2.1.12)
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  it('holds thirty days from now, and begins a little before, for clocks differ', async () => {
    const minting = aMinting();
    const issued = await issueCertificate(await createAuthority(minting), { ...minting, identity });
    const { validFromDate, validToDate } = new X509Certificate(issued.chain);
    assert.equal(validToDate.getTime(), minting.clock.now() + certificateLifeMs);
    assert.equal(validFromDate.getTime(), minting.clock.now() - 5 * 60_000);
  });

  it('has a serial number that nobody had before, and that is positive', async () => {
    const minting = aMinting();
    const authority = await createAuthority(minting);
    const issue = async () => {
      const { chain } = await issueCertificate(authority, { ...minting, identity });
      return new X509Certificate(chain).serialNumber;
    };
    const numbers = await Promise.all(Array.from({ length: 8 }, issue));
    assert.equal(new Set(numbers).size, numbers.length);
    for (const number of numbers) assert.ok(BigInt(`0x${number}`) > 0n && !number.startsWith('-'), number);
  });
});
