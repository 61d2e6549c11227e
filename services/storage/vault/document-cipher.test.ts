import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, it } from 'node:test';
import {
  buildClient,
  CommitmentPolicy,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';
import fc from 'fast-check';
import { decryptDocument, encryptDocument, keyName, keyNamespace } from './document-cipher.ts';
import { inChunks, readAll } from './vault-world.ts';

const context = { document: 'd-1', version: '1', owner: 'anna' };
const key = randomBytes(32);
const frame = 1024 * 1024;

async function encrypted(payload: Buffer, chunkBytes?: number): Promise<Buffer> {
  return (await readAll(encryptDocument(inChunks(payload, chunkBytes), { key, context }))).bytes;
}

function decrypted(
  ciphertext: Buffer,
  by: { key?: Buffer; context?: typeof context; chunkBytes?: number } = {},
) {
  return readAll(decryptDocument(inChunks(ciphertext, by.chunkBytes), { key, context, ...by }));
}

describe('encryptDocument', () => {
  it('is read by a stock AWS Encryption SDK that has the document’s key', async () => {
    const payload = randomBytes(frame * 2 + 12_345);
    const keyring = new RawAesKeyringNode({
      keyName,
      keyNamespace,
      unencryptedMasterKey: Uint8Array.from(key),
      wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    });
    const { decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
    const { plaintext, messageHeader } = await decrypt(keyring, await encrypted(payload));
    assert.ok(payload.equals(plaintext));
    assert.deepEqual({ ...messageHeader.encryptionContext }, context);
  });

  it('comes back as it was, whatever chunks it came in', async () => {
    const sizes = [0, 1, 65_536, frame - 1, frame, frame + 1, 3 * frame];
    for (const size of sizes) {
      const payload = randomBytes(size);
      const { bytes, error } = await decrypted(await encrypted(payload, 300_000), { chunkBytes: 70_000 });
      assert.equal(error, undefined);
      assert.ok(payload.equals(bytes), `${size} bytes`);
    }
  });

  it('never shows the plaintext', async () => {
    const payload = Buffer.from('DE89 3704 0044 0532 0130 00 '.repeat(100));
    assert.equal((await encrypted(payload)).includes('3704'), false);
  });

  it('passes on what its source fails with, and ends nothing else', async () => {
    const failure = new Error('the spool is away');
    async function* failing() {
      yield randomBytes(frame + 1);
      throw failure;
    }
    const { error } = await readAll(encryptDocument(failing(), { key, context }));
    assert.equal(error, failure);
    await nextTurn();
  });

  it('lets its source go when its reader leaves', async () => {
    let closed = false;
    async function* watched() {
      try {
        yield* inChunks(randomBytes(4 * frame));
      } finally {
        closed = true;
      }
    }
    for await (const chunk of encryptDocument(watched(), { key, context })) {
      assert.ok(chunk.length > 0);
      break;
    }
    await nextTurn();
    assert.ok(closed);
  });
});

describe('decryptDocument', () => {
  const payload = randomBytes(2 * frame + 100);

  it('opens nothing with another key, or for another document, version or owner', async () => {
    const ciphertext = await encrypted(payload);
    const others = [{ document: 'd-2' }, { version: '2' }, { owner: 'bert' }];
    for (const other of others) {
      const { bytes, error } = await decrypted(ciphertext, { context: { ...context, ...other } });
      assert.equal(bytes.length, 0);
      assert.match(String(error), /The encryption context is another document’s\./);
    }
    const { bytes, error } = await decrypted(ciphertext, { key: randomBytes(32) });
    assert.equal(bytes.length, 0);
    assert.match(String(error), /unencryptedDataKey has not been set/);
  });

  /** What came out before the error must be whole frames of the payload. */
  const refuses = async (ciphertext: Buffer, what: string) => {
    const { bytes, error } = await decrypted(ciphertext, { chunkBytes: 100_000 });
    assert.ok(error instanceof Error, `${what} is refused`);
    assert.ok(payload.subarray(0, bytes.length).equals(bytes), `${what}: every byte is the document's`);
    assert.equal(bytes.length % frame, 0, `${what}: whole frames`);
  };

  it('gives out only what is authentic when a bit was flipped anywhere', async () => {
    const ciphertext = await encrypted(payload);
    const anywhere = fc.oneof(fc.nat(400), fc.nat(ciphertext.length - 1));
    const flips = fc.asyncProperty(anywhere, fc.nat(7), async (at, bit) => {
      const altered = Buffer.from(ciphertext);
      altered.writeUInt8(altered.readUInt8(at) ^ (1 << bit), at);
      await refuses(altered, `bit ${bit} of byte ${at}`);
    });
    await fc.assert(flips, { numRuns: 60 });
  });

  it('refuses a file that was cut, wherever', async () => {
    const ciphertext = await encrypted(payload);
    const edges = [0, 1, 100, 300, frame, ciphertext.length - 1, ciphertext.length - 16];
    for (const length of edges) await refuses(ciphertext.subarray(0, length), `cut to ${length}`);
    const cuts = fc.asyncProperty(fc.nat(ciphertext.length - 1), async length => {
      await refuses(ciphertext.subarray(0, length), `cut to ${length}`);
    });
    await fc.assert(cuts, { numRuns: 40 });
  });

  it('never fails otherwise than by its error on random bytes', async () => {
    const noise = fc.asyncProperty(
      fc.uint8Array({ maxLength: 3000 }),
      fc.boolean(),
      async (bytes, begins) => {
        const start = begins ? (await encrypted(payload)).subarray(0, 250) : Buffer.alloc(0);
        const { bytes: out, error } = await decrypted(Buffer.concat([start, bytes]));
        assert.ok(error instanceof Error);
        assert.equal(out.length, 0);
      },
    );
    await fc.assert(noise, { numRuns: 30 });
  });
});
