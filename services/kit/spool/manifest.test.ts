import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { decodeFooter, decodeManifest, encodeTail, footerBytes } from './manifest.ts';
import { buildManifest } from './spool-world.ts';

const payload = Buffer.from('%PDF-1.7');
const manifest = buildManifest(payload);
const tail = encodeTail(manifest);
const footer = tail.subarray(-footerBytes);
const fileBytes = payload.length + tail.length;

describe('decodeFooter', () => {
  it('says where payload and manifest lie', () => {
    assert.deepEqual(decodeFooter(footer, fileBytes), {
      manifestBytes: tail.length - footerBytes,
      manifestCrc: crc32(tail.subarray(0, -footerBytes)),
      payloadBytes: payload.length,
    });
  });

  it('refuses what is no footer', () => {
    const refusal = {
      code: 'document_corrupt',
      message: 'A spool file has no footer: it was not written by Parity, or is damaged.',
    };
    const other = Buffer.from(footer).fill('X', 0, 1);
    assert.throws(() => decodeFooter(other, fileBytes), refusal);
    assert.throws(() => decodeFooter(footer.subarray(1), fileBytes), refusal);
    assert.throws(() => decodeFooter(Buffer.alloc(0), 0), refusal);
  });

  it('refuses lengths that do not fit the file', () => {
    const refusal = {
      code: 'document_corrupt',
      message: "A spool file's footer does not fit its length: the file is damaged.",
    };
    assert.throws(() => decodeFooter(footer, fileBytes - 1), refusal);
    const hostile = Buffer.from(footer).fill(0xff, 8);
    assert.throws(() => decodeFooter(hostile, fileBytes), refusal);
  });
});

const checksumOf = (body: Buffer) => ({ manifestCrc: crc32(body) });

describe('decodeManifest', () => {
  const body = tail.subarray(0, -footerBytes);

  it('reads what was written, and ignores what a later release adds', () => {
    assert.deepEqual(decodeManifest(body, checksumOf(body)), manifest);
    const later = { ...manifest, colour: 'blue' };
    const longer = Buffer.from(JSON.stringify(later));
    assert.deepEqual(decodeManifest(longer, checksumOf(longer)), manifest);
  });

  it('refuses a manifest of which a bit has flipped, though it still reads as one', () => {
    const flipped = Buffer.from(
      body.toString('utf8').replace(manifest.owner, `${manifest.owner.slice(0, -1)}~`),
    );
    assert.throws(() => decodeManifest(flipped, checksumOf(body)), {
      code: 'document_corrupt',
      message: "A spool file's manifest cannot be read.",
    });
  });

  it('refuses what is not a manifest', () => {
    const faults = [
      body.subarray(0, -1),
      Buffer.from(JSON.stringify({ ...manifest, schema: 2 })),
      Buffer.from(JSON.stringify({ ...manifest, id: '../../etc/passwd' })),
      Buffer.from(JSON.stringify({ ...manifest, owner: '' })),
      Buffer.from(JSON.stringify({ ...manifest, sha256: 'abc' })),
    ];
    for (const fault of faults) {
      assert.throws(() => decodeManifest(fault, checksumOf(fault)), {
        code: 'document_corrupt',
        message: "A spool file's manifest cannot be read.",
      });
    }
  });
});

describe('encodeTail', () => {
  it('says of a receipt that it has no payload', () => {
    const receipt = encodeTail({ ...manifest, settled: { state: 'stored' } });
    const { payloadBytes } = decodeFooter(receipt.subarray(-footerBytes), receipt.length);
    assert.equal(payloadBytes, 0);
  });
});
