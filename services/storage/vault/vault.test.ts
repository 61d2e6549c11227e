import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { copyFile, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import {
  buildClient,
  CommitmentPolicy,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';
import { ParityError } from '../../../domain/errors.ts';
import { systemRandom } from '../../kit/ports.ts';
import { masterKeyWrapper } from './master-key.ts';
import { openVault } from './vault.ts';
import {
  buildMasterKey,
  buildOwner,
  inChunks,
  masterKeyFileOf,
  readAll,
  vaultWorld,
  writeDocument,
} from './vault-world.ts';

const payload = randomBytes(1024 * 1024 + 17);
const sha256 = createHash('sha256').update(payload).digest('hex');
const corrupt = {
  code: 'document_corrupt',
  message: "A vault file is missing, damaged or another document's: it is not served.",
};
const refuses = (code: string) => ({
  code: 'vault_unavailable',
  message: `The vault refuses (${code}): try again later.`,
  retryAfterS: 5,
});

describe('write', () => {
  it('hashes what it encrypts, and gives back the same bytes', async test => {
    const world = await vaultWorld(test);
    const of = buildOwner();
    const entry = await writeDocument(world, of, payload);
    assert.equal(entry.sha256, sha256);
    assert.equal(await world.vault.hash(of, entry), sha256);
    const { bytes } = await readAll(world.vault.read(of, entry));
    assert.ok(payload.equals(bytes));
  });

  it('makes a file that a stock AWS Encryption SDK opens with the document’s key', async test => {
    const { vault, keys, pathOf } = await vaultWorld(test);
    const of = buildOwner();
    const entry = await vault.write(of, { bytes: inChunks(payload), url: 'http://parity/' });
    const context = { document: of.document, version: '1', owner: 'anna' };
    const keyring = new RawAesKeyringNode({
      keyNamespace: 'parity',
      keyName: 'document',
      unencryptedMasterKey: Uint8Array.from(await keys.unwrap(entry.wrappedKey, context)),
      wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    });
    const stock = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
    const { plaintext, messageHeader } = await stock.decrypt(keyring, await readFile(pathOf(entry.file)));
    assert.ok(payload.equals(plaintext));
    assert.deepEqual({ ...messageHeader.encryptionContext }, context);
  });

  it('puts no plaintext into the vault', async test => {
    const world = await vaultWorld(test);
    const text = Buffer.from('DE89 3704 0044 0532 0130 00 '.repeat(1000));
    const { file, wrappedKey, encryptedUrl } = await writeDocument(world, buildOwner(), text);
    assert.equal((await readFile(world.pathOf(file))).includes('3704'), false);
    assert.equal(`${wrappedKey}${encryptedUrl}`.includes('parity'), false);
  });

  it('gives the same document another file each time', async test => {
    const world = await vaultWorld(test);
    const of = buildOwner();
    const files = [await writeDocument(world, of, payload), await writeDocument(world, of, payload)];
    assert.notEqual(files[0]?.file, files[1]?.file);
    for (const { file } of files) assert.match(file, new RegExp(`^${of.document}\\.1\\.[0-9a-f]{16}$`));
  });

  it('syncs the file and then its name', async test => {
    const world = await vaultWorld(test);
    await writeDocument(world, buildOwner(), Buffer.from('small'));
    const operations = world.files.calls.map(({ operation }) => operation);
    assert.deepEqual(operations.slice(-3), ['sync', 'close', 'syncFolder']);
  });

  for (const operation of ['create', 'write', 'sync', 'close', 'syncFolder'] as const) {
    it(`leaves no file when ${operation} fails, and never syncs it again`, async test => {
      const world = await vaultWorld(test);
      const of = buildOwner();
      const before = world.files.calls.length;
      world.files.disturb(operation, { kind: 'fails', code: 'EIO' }, 1);
      await assert.rejects(writeDocument(world, of, payload), refuses('EIO'));
      world.files.calm();
      const folder = dirname(world.pathOf(of.document));
      assert.deepEqual(await readdir(folder), []);
      const syncs = world.files.calls.slice(before).filter(call => call.operation === 'sync');
      assert.ok(syncs.length <= 1);
    });
  }

  it('leaves no file when its source fails, and passes the reason on', async test => {
    const world = await vaultWorld(test);
    const of = buildOwner();
    const failure = new ParityError('spool_unavailable', 'The spool is away.');
    async function* failing() {
      yield payload;
      throw failure;
    }
    await assert.rejects(world.vault.write(of, { bytes: failing(), url: 'u' }), failure);
    assert.deepEqual(await readdir(dirname(world.pathOf(of.document))), []);
  });

  it('writes nothing while the key service is away (failures.md 38)', async test => {
    const away = new ParityError('vault_unavailable', 'The key service does not answer.');
    const refuse = () => Promise.reject(away);
    const world = await vaultWorld(test, { wrap: refuse, unwrap: refuse });
    await assert.rejects(writeDocument(world, buildOwner(), payload), away);
    assert.equal(
      world.files.calls.some(({ operation }) => operation === 'create'),
      false,
    );
  });
});

describe('read', () => {
  it('refuses a file with a flipped bit, and gives only what is authentic before it', async test => {
    const world = await vaultWorld(test);
    const of = buildOwner();
    const entry = await writeDocument(world, of, payload);
    const whole = await readFile(world.pathOf(entry.file));
    for (const at of [0, 50, 300, 1_000_000, whole.length - 1]) {
      const altered = Buffer.from(whole);
      altered.writeUInt8(altered.readUInt8(at) ^ 0x10, at);
      await writeFile(world.pathOf(entry.file), altered);
      const { bytes, error } = await readAll(world.vault.read(of, entry));
      assert.ok(error instanceof ParityError);
      assert.deepEqual({ code: error.code, message: error.message }, corrupt);
      assert.ok(bytes.length < at + 1 && payload.subarray(0, bytes.length).equals(bytes));
    }
  });

  it('refuses a file that is cut, empty or gone', async test => {
    const world = await vaultWorld(test);
    const of = buildOwner();
    const entry = await writeDocument(world, of, payload);
    const whole = await readFile(world.pathOf(entry.file));
    for (const length of [0, 100, 1_048_900, whole.length - 1]) {
      await writeFile(world.pathOf(entry.file), whole.subarray(0, length));
      await assert.rejects(world.vault.hash(of, entry), corrupt);
    }
    await rm(world.pathOf(entry.file));
    await assert.rejects(world.vault.hash(of, entry), corrupt);
  });

  it('refuses the file of another document, and the key of another (failures.md 37)', async test => {
    const world = await vaultWorld(test);
    const [anna, bert] = [buildOwner(), { ...buildOwner(), owner: 'bert' }];
    const mine = await writeDocument(world, anna, payload);
    const his = await writeDocument(world, bert, payload);
    await copyFile(world.pathOf(his.file), world.pathOf(mine.file));
    await assert.rejects(world.vault.hash(anna, mine), corrupt);
    const key = { code: 'document_corrupt', message: "A document's wrapped key does not open for it." };
    await assert.rejects(world.vault.hash(anna, his), key);
    await assert.rejects(world.vault.hash({ ...bert, version: 2 }, his), key);
    assert.equal(await world.vault.hash(bert, his), sha256);
  });

  for (const code of ['EIO', 'ESTALE'] as const) {
    it(`says at ${code} that the vault is unavailable, not that the document is corrupt`, async test => {
      const world = await vaultWorld(test);
      const of = buildOwner();
      const entry = await writeDocument(world, of, payload);
      for (const operation of ['open', 'read'] as const) {
        world.files.disturb(operation, { kind: 'fails', code });
        await assert.rejects(world.vault.hash(of, entry), refuses(code));
        world.files.calm();
      }
      assert.equal(await world.vault.hash(of, entry), sha256);
    });
  }

  it('closes the file when its reader leaves early', async test => {
    const world = await vaultWorld(test);
    const of = buildOwner();
    const entry = await writeDocument(world, of, payload);
    for await (const chunk of world.vault.read(of, entry)) {
      assert.ok(chunk.length > 0);
      break;
    }
    assert.equal(world.files.calls.at(-1)?.operation, 'close');
  });
});

describe('openUrl', () => {
  it('opens the download URL for its document alone', async test => {
    const world = await vaultWorld(test);
    const of = buildOwner();
    const entry = await writeDocument(world, of, payload);
    assert.equal(await world.vault.openUrl(of, entry), `http://parity/v1/documents/${of.document}`);
    const other = await writeDocument(world, of, payload);
    const mixed = { wrappedKey: entry.wrappedKey, encryptedUrl: other.encryptedUrl };
    await assert.rejects(world.vault.openUrl(of, mixed), {
      code: 'document_corrupt',
      message: "A document's download URL does not open.",
    });
  });
});

describe('openVault', () => {
  it('reads after a rotation of the master key what was written before', async test => {
    const [old, young] = [buildMasterKey('old'), buildMasterKey('young')];
    const world = await vaultWorld(test, masterKeyWrapper(masterKeyFileOf(old), systemRandom));
    const of = buildOwner();
    const entry = await writeDocument(world, of, payload);
    const keys = masterKeyWrapper(masterKeyFileOf(young, old), systemRandom);
    const rotated = await openVault({ ...world, random: systemRandom, keys });
    assert.equal(await rotated.hash(of, entry), sha256);
  });
});

describe('listFolder', () => {
  it('lists vault files alone, until they are removed', async test => {
    const world = await vaultWorld(test);
    const of = buildOwner();
    const { file } = await writeDocument(world, of, Buffer.from('small'));
    const changed = new Date('2026-01-01T00:00:00Z');
    await utimes(world.pathOf(file), changed, changed);
    await writeFile(join(dirname(world.pathOf(file)), 'lost+found'), '');
    const folder = Number.parseInt(of.document.slice(-1), 16);
    const { document, version } = of;
    assert.deepEqual(await world.vault.listFolder(folder), [
      { file, document, version, modifiedAtMs: changed.getTime() },
    ]);
    await world.vault.remove(file);
    assert.deepEqual(await world.vault.listFolder(folder), []);
    world.files.disturb('list', { kind: 'fails', code: 'EIO' });
    await assert.rejects(world.vault.listFolder(folder), refuses('EIO'));
  });
});
