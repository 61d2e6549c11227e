import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rejections } from '../../domain/document.ts';
import { inspectDocument, type ReadPart } from './inspect-document.ts';
import { buildJpeg, buildPdf, endOfImage, jpegSegment, startOfImage } from './test-documents.ts';

const readerOf =
  (bytes: Buffer): ReadPart =>
  async ({ position, length }) =>
    bytes.subarray(position, position + length);

const inspect = (bytes: Buffer) => inspectDocument(bytes.length, readerOf(bytes));
const isJpeg = async (bytes: Buffer) => assert.deepEqual(await inspect(bytes), { mediaType: 'image/jpeg' });
const isPdf = async (bytes: Buffer) =>
  assert.deepEqual(await inspect(bytes), { mediaType: 'application/pdf' });
const rejects = async (bytes: Buffer, rejected: keyof typeof rejections) =>
  assert.deepEqual(await inspect(bytes), { rejected });

const thumbnail = jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), buildJpeg()]));

describe('inspectDocument', () => {
  it('rejects nothing at all', () => rejects(Buffer.alloc(0), 'empty'));

  it('goes by the bytes: what is neither photo nor PDF is not taken', async () => {
    const others = [
      'PK\x03\x04',
      '<html>',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      '#!/bin/sh',
      '%!PS-Adobe',
      '\xff',
      '%PDF',
    ];
    for (const other of others) await rejects(Buffer.from(other, 'latin1'), 'unsupported_type');
    const hidden = Buffer.concat([Buffer.from('<script>'), buildPdf()]);
    await rejects(hidden, 'unsupported_type');
  });

  it('rejects when the document cannot be read, and says nothing about it', async () => {
    const away = new Error('the spool is away');
    await assert.rejects(
      inspectDocument(10, () => Promise.reject(away)),
      away,
    );
  });
});

describe('a JPEG', () => {
  it('is taken', () => isJpeg(buildJpeg()));

  it('is taken with a thumbnail, and with metadata of megabytes', async () => {
    await isJpeg(buildJpeg({ metadata: [thumbnail] }));
    await isJpeg(
      buildJpeg({ metadata: Array.from({ length: 100 }, () => jpegSegment(0xe1, Buffer.alloc(65_000))) }),
    );
  });

  it('is taken with fill bytes before a marker', () =>
    isJpeg(buildJpeg({ metadata: [Buffer.alloc(5, 0xff)] })));

  it('is taken with what cameras append: another image, or a film', async () => {
    await isJpeg(buildJpeg({ trailing: buildJpeg() }));
    await isJpeg(buildJpeg({ trailing: Buffer.alloc(3_000_000, 0x2a) }));
  });

  it('is taken when its end lies across the edge of what is read at once', async () => {
    const before = buildJpeg({ scan: Buffer.alloc(0) }).length - 2;
    for (let around = -3; around <= 3; around++) {
      await isJpeg(buildJpeg({ scan: Buffer.alloc(1024 * 1024 - before + around, 0x2a) }));
    }
  });

  it('is broken when it is cut, wherever, although its thumbnail has an end', async () => {
    const whole = buildJpeg({ metadata: [thumbnail], scan: Buffer.alloc(200, 0x2a) });
    for (let length = 3; length < whole.length; length += 1)
      await rejects(whole.subarray(0, length), 'broken_jpeg');
  });

  it('is broken without a size, a frame or a scan', async () => {
    await rejects(buildJpeg({ width: 0 }), 'broken_jpeg');
    await rejects(buildJpeg({ height: 0 }), 'broken_jpeg');
    await rejects(
      Buffer.concat([startOfImage, jpegSegment(0xda, Buffer.alloc(20)), endOfImage]),
      'broken_jpeg',
    );
    await rejects(
      Buffer.concat([startOfImage, jpegSegment(0xe0, Buffer.alloc(20)), endOfImage]),
      'broken_jpeg',
    );
  });

  it('is broken when a marker stands where none may, or says a length that cannot be', async () => {
    for (const marker of [0x00, 0x01, 0xd0, 0xd8, 0xd9]) {
      await rejects(buildJpeg({ metadata: [Buffer.from([0xff, marker])] }), 'broken_jpeg');
    }
    await rejects(buildJpeg({ metadata: [Buffer.from([0xff, 0xe1, 0, 1])] }), 'broken_jpeg');
    await rejects(buildJpeg({ metadata: [Buffer.from('no marker')] }), 'broken_jpeg');
  });
});

describe('a PDF', () => {
  it('is taken, with a table or a stream of cross-references', async () => {
    await isPdf(buildPdf());
    await isPdf(buildPdf({ stream: true }));
  });

  it('is taken with a table longer than what is read at once, whose trailer is at the end', async () => {
    const objects = Array.from({ length: 5000 }, () => 'null');
    await isPdf(buildPdf({ objects }));
    await rejects(buildPdf({ objects, trailer: '/Encrypt 9 0 R' }), 'encrypted_pdf');
  });

  it('is taken with an update behind it, by the newest cross-references', async () => {
    const first = buildPdf();
    const update = `xref\n0 0\ntrailer\n<< /Size 4 /Root 1 0 R /Prev 9 >>\nstartxref\n${first.length}\n%%EOF`;
    await isPdf(Buffer.concat([first, Buffer.from(update)]));
    const torn = Buffer.concat([first, Buffer.from(update.slice(0, -10))]);
    await rejects(torn, 'broken_pdf');
  });

  it('is taken when it only writes about encryption', async () => {
    await isPdf(buildPdf({ objects: ['(what /Encrypt means)'] }));
    await isPdf(buildPdf({ objects: ['(what /Encrypt means)'], stream: true }));
    await isPdf(buildPdf({ trailer: '/EncryptMetadata false' }));
  });

  it('is told when a password protects it', async () => {
    const trailer = '/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 >>';
    await rejects(buildPdf({ trailer }), 'encrypted_pdf');
    await rejects(buildPdf({ trailer, stream: true }), 'encrypted_pdf');
  });

  it('is told when a password protects it although a line break comes before the table', async () => {
    const pdf = buildPdf({ trailer: '/Encrypt 9 0 R' });
    const early = pdf.indexOf('xref\n0') - 1;
    await rejects(buildPdf({ trailer: '/Encrypt 9 0 R', startxref: early }), 'encrypted_pdf');
  });

  it('is broken when it is cut, wherever', async () => {
    const whole = buildPdf({ stream: true });
    for (let length = 5; length < whole.length - 1; length += 1)
      await rejects(whole.subarray(0, length), 'broken_pdf');
  });

  it('is broken when its cross-references are not where it says', async () => {
    for (const startxref of [0, 20, 999_999_999_999]) {
      await rejects(buildPdf({ startxref }), 'broken_pdf');
      await rejects(buildPdf({ startxref, stream: true }), 'broken_pdf');
    }
    const catalog = buildPdf().indexOf('1 0 obj');
    await rejects(buildPdf({ startxref: catalog, objects: ['<< >>\nstream\n\nendstream'] }), 'broken_pdf');
  });
});

describe('hostile bytes', () => {
  it('are always answered', async () => {
    const start = fc.constantFrom(startOfImage, Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('%PDF-1.7'));
    const end = fc.constantFrom(endOfImage, Buffer.from('startxref\n8\n%%EOF'), Buffer.alloc(0));
    const anything = fc.asyncProperty(start, fc.uint8Array({ maxLength: 500 }), end, async (...parts) => {
      const answer = await inspect(Buffer.concat(parts));
      if ('rejected' in answer) assert.ok(answer.rejected in rejections);
      else assert.match(answer.mediaType, /^(image\/jpeg|application\/pdf)$/);
    });
    await fc.assert(anything, { numRuns: 1000 });
  });

  it('are answered fast', async () => {
    const fill = (text: string) => Buffer.from(text.repeat(Math.ceil(1_000_000 / text.length)), 'latin1');
    const jpegs = ['\xff', '\xff\xe1\x00\x02', '\xff\xe1\xff\xff', '\xff\xc0\x00\x00'].map(fill);
    const pdfs = ['startxref 1 %%EOF ', 'startxref ', ' ', '1', '1 1 ', '/Type', 'xref trailer '].map(fill);
    const hostile = [
      ...jpegs.map(body => Buffer.concat([startOfImage, body])),
      ...pdfs.map(body => Buffer.concat([Buffer.from('%PDF-1.7\n'), body])),
      ...pdfs.map(body => Buffer.concat([Buffer.from('%PDF-'), body, Buffer.from('\nstartxref\n5\n%%EOF')])),
    ];
    for (const bytes of hostile) {
      const { user } = process.cpuUsage();
      const began = performance.now();
      assert.ok(await inspect(bytes));
      const spentMs = Math.min(performance.now() - began, (process.cpuUsage().user - user) / 1000);
      assert.ok(spentMs < 200, `${bytes.toString('latin1', 0, 20)} took ${spentMs} ms`);
    }
  });
});
