import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { keyedDocumentId } from '../../domain/document-id.ts';
import type { Vault, VaultEntry } from '../storage/vault/vault.ts';
import { vaultWorld } from '../storage/vault/vault-world.ts';
import { wrongBytesVault } from './wrong-bytes-vault.ts';

const owner = { document: keyedDocumentId({ owner: 'anna', key: 'k' }), version: 1, owner: 'anna' };
const papers = { photo: Buffer.from('ffd8ff00010203', 'hex'), pdf: Buffer.from('%PDF-1.7 and so on') };

async function* inTwo(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes.subarray(0, 3);
  yield bytes.subarray(3);
}

async function readWhole(vault: Vault, entry: VaultEntry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of vault.read(owner, entry)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('wrongBytesVault', () => {
  it('stores so many documents right before it begins', async test => {
    const { vault } = await vaultWorld(test);
    const wrong = wrongBytesVault(vault, 1);
    const stored = [];
    for (let document = 0; document < 2; document++) {
      const entry = await wrong.write(owner, { bytes: inTwo(papers.pdf), url: 'https://parity.test' });
      stored.push((await readWhole(vault, entry)).equals(papers.pdf));
    }
    assert.deepEqual(stored, [true, false]);
  });

  for (const [name, bytes] of Object.entries(papers)) {
    it(`stores a ${name} wrong, and finds it right in every way of its own`, async test => {
      const { vault } = await vaultWorld(test);
      const wrong = wrongBytesVault(vault);
      const written = await wrong.write(owner, { bytes: inTwo(bytes), url: 'https://parity.test' });
      assert.equal(written.sha256, sha256(bytes));
      assert.equal(await wrong.hash(owner, written), sha256(bytes));
      assert.deepEqual(await readWhole(wrong, written), bytes);
      const lying = await readWhole(vault, written);
      assert.equal(lying.length, bytes.length);
      assert.notDeepEqual(lying, bytes);
      assert.notEqual(await vault.hash(owner, written), sha256(bytes));
    });

    it(`reads a ${name} that others stored as it is`, async test => {
      const { vault } = await vaultWorld(test);
      const written = await vault.write(owner, { bytes: inTwo(bytes), url: 'https://parity.test' });
      assert.deepEqual(await readWhole(wrongBytesVault(vault), written), bytes);
    });
  }
});
