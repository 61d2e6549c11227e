import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parities } from '../../domain/parity.ts';
import { manualClock } from '../../services/kit/manual-clock.ts';
import { systemRandom } from '../../services/kit/ports.ts';
import { testFolder } from '../../services/kit/test-folder.ts';
import {
  changeAuthority,
  identityOf,
  keepGatewayKeys,
  renewCertificates,
  type GatewayKeys,
} from './gateway-keys.ts';

const dayMs = 24 * 60 * 60 * 1000;

async function aPlace(test: TestContext) {
  const path = join(await testFolder(test), 'gateways.json');
  return { path, clock: manualClock(), random: systemRandom };
}

/** True when each gateway believes what the other one shows, whichever of the two steps either has taken. */
function believeEachOther(one: GatewayKeys, other: GatewayKeys): boolean {
  const believes = (who: GatewayKeys, whom: GatewayKeys) =>
    parities.every(parity => {
      const shown = new X509Certificate(whom.certificates[parity].chain);
      return who.authorities.some(({ chain }) => shown.verify(new X509Certificate(chain).publicKey));
    });
  return believes(one, other) && believes(other, one);
}

describe('keepGatewayKeys', () => {
  it('refuses what is damaged, and says what to do', async test => {
    const { path, ...minting } = await aPlace(test);
    await writeFile(path, '{"authorities":[');
    await assert.rejects(keepGatewayKeys(path, minting), {
      code: 'invalid_configuration',
      message: `${path} is damaged, or of a newer Parity: delete it, and start Parity again: a new authority and new certificates are made.`,
    });
  });

  it('makes what is missing, for their owner alone', async test => {
    const { path, ...minting } = await aPlace(test);
    const keys = await keepGatewayKeys(path, minting);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), keys);
    for (const parity of parities) {
      const { subjectAltName } = new X509Certificate(keys.certificates[parity].chain);
      assert.equal(subjectAltName, `URI:spiffe://parity.local/gateway/${parity}`);
    }
  });

  it('keeps what is good', async test => {
    const { path, ...minting } = await aPlace(test);
    const keys = await keepGatewayKeys(path, minting);
    minting.clock.advance(20 * dayMs - 1000);
    assert.deepEqual(await keepGatewayKeys(path, minting), keys);
  });

  it('renews certificates that have ten days left, from the same authority', async test => {
    const { path, ...minting } = await aPlace(test);
    const before = await keepGatewayKeys(path, minting);
    minting.clock.advance(20 * dayMs);
    const after = await keepGatewayKeys(path, minting);
    assert.deepEqual(after.authorities, before.authorities);
    assert.notEqual(after.certificates.odd.chain, before.certificates.odd.chain);
    assert.ok(believeEachOther(before, after));
  });
});

describe('renewCertificates', () => {
  it('makes new ones that whoever believed the old ones believes', async test => {
    const { path, ...minting } = await aPlace(test);
    const before = await keepGatewayKeys(path, minting);
    const after = await renewCertificates(path, minting);
    assert.notEqual(after.certificates.even.key, before.certificates.even.key);
    assert.ok(believeEachOther(before, after));
    assert.deepEqual(await keepGatewayKeys(path, minting), after);
  });
});

describe('changeAuthority', () => {
  it('takes three steps, and gateways a step apart believe each other', async test => {
    const { path, ...minting } = await aPlace(test);
    const steps = [await keepGatewayKeys(path, minting)];
    for await (const step of changeAuthority(path, minting)) steps.push(step);
    assert.deepEqual(
      steps.map(({ authorities }) => authorities.length),
      [1, 2, 2, 1],
    );
    steps.slice(1).forEach((step, index) => assert.ok(believeEachOther(steps[index] as GatewayKeys, step)));
    assert.ok(!believeEachOther(steps[0] as GatewayKeys, steps[3] as GatewayKeys));
    assert.deepEqual(await keepGatewayKeys(path, minting), steps[3]);
  });

  for (const taken of [1, 2]) {
    it(`may be begun again when it was interrupted after step ${taken}`, async test => {
      const { path, ...minting } = await aPlace(test);
      const first = await keepGatewayKeys(path, minting);
      const interrupted = changeAuthority(path, minting);
      let shown = first;
      for (let step = 0; step < taken; step++) shown = (await interrupted.next()).value as GatewayKeys;
      for await (const step of changeAuthority(path, minting)) {
        assert.ok(believeEachOther(shown, step));
        shown = step;
      }
      assert.equal(shown.authorities.length, 1);
      assert.notEqual(shown.authorities[0]?.chain, first.authorities[0]?.chain);
    });
  }
});

describe('identityOf', () => {
  it('is a gateway’s own certificate, and all authorities', async test => {
    const { path, ...minting } = await aPlace(test);
    const keys = (await changeAuthority(path, minting).next()).value as GatewayKeys;
    const { own, authorities } = identityOf('odd', keys);
    assert.deepEqual(own, keys.certificates.odd);
    assert.equal(authorities.match(/BEGIN CERTIFICATE/g)?.length, 2);
  });
});
