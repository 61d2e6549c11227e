import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { dnsFile, followDnsFile, keepDnsFile } from './dns-file.ts';

const [toOdd, toEven, half] = [
  { odd: 255, even: 0 },
  { odd: 0, even: 255 },
  { odd: 127, even: 128 },
];

async function aFile(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-dns-'));
  test.after(() => rm(folder, { recursive: true }));
  return join(folder, 'dns.json');
}

describe('dnsFile', () => {
  it('keeps what was set, also when a pair starts again', async test => {
    const path = await aFile(test);
    await keepDnsFile(path, toOdd);
    const dns = dnsFile(path);
    assert.deepEqual(await dns.weights(), toOdd);
    await dns.setWeights(half);
    await keepDnsFile(path, toOdd);
    assert.deepEqual(await dnsFile(path).weights(), half);
  });

  it('refuses a file that somebody else wrote, and says what to do', async test => {
    const path = await aFile(test);
    await writeFile(path, '{"odd":1');
    await assert.rejects(keepDnsFile(path, toOdd), {
      code: 'invalid_configuration',
      message: `${path} is damaged, or of a newer Parity: delete it, and start Parity again: DNS then points at the live cluster.`,
    });
  });

  it('refuses what Route 53 would take for an equal split, and what it does not know', async test => {
    const path = await aFile(test);
    await keepDnsFile(path, toOdd);
    const none = { odd: 0, even: 0 };
    await assert.rejects(dnsFile(path).setWeights(none), {
      code: 'unreachable',
      message: /could not be written: .*one of them must have a weight/s,
    });
    await assert.rejects(dnsFile(path).setWeights({ odd: 256, even: 0 }), { code: 'unreachable' });
    assert.deepEqual(await dnsFile(path).weights(), toOdd);
  });

  it('says that it cannot be reached when there is no file', async test => {
    await assert.rejects(dnsFile(await aFile(test)).weights(), {
      code: 'unreachable',
      message: /^The weights of DNS could not be read: .*ENOENT/,
    });
  });
});

describe('followDnsFile', () => {
  it('sees each change at the next look', async test => {
    const path = await aFile(test);
    await keepDnsFile(path, toOdd);
    const weights = followDnsFile(path, toOdd);
    assert.deepEqual(weights(), toOdd);
    await dnsFile(path).setWeights(toEven);
    assert.deepEqual(weights(), toEven);
  });

  it('keeps to what it knew while the file is away or nonsense', async test => {
    const path = await aFile(test);
    const weights = followDnsFile(path, toOdd);
    assert.deepEqual(weights(), toOdd);
    await keepDnsFile(path, toEven);
    assert.deepEqual(weights(), toEven);
    await writeFile(path, '{ "odd"');
    assert.deepEqual(weights(), toEven);
  });
});
