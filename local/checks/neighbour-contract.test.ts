import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { testFolder } from '../../services/kit/test-folder.ts';
import { neighbourCheck, type Neighbour } from './neighbour-contract.ts';

const project = join(import.meta.dirname, '..', '..');
const [r41, r42] = [parseRelease('41'), parseRelease('42')];

/** This checkout, as a release. */
const ours: Neighbour = { release: r41, folder: project, node: process.execPath };

/** A release whose contract is `program`. */
async function aRelease(test: TestContext, program: string): Promise<Neighbour> {
  const folder = await testFolder(test);
  const contract = join(folder, 'services', 'contract');
  await mkdir(contract, { recursive: true });
  await writeFile(join(contract, 'main.ts'), program);
  return { release: r42, folder, node: process.execPath };
}

describe('neighbourCheck', () => {
  it('has two releases run their programs, and finds that this one keeps its own contract', async () => {
    assert.deepEqual(await neighbourCheck(ours, { ...ours, release: r42 }), {
      name: 'release 42 reads what 41 writes',
      ok: true,
    });
  });

  it('names everything that the reader cannot go on with', async test => {
    const faults = [
      { what: 'link', why: 'it is not valid' },
      { what: 'names', why: 'the bucket' },
    ];
    const reader = await aRelease(test, `process.stdout.write('${JSON.stringify({ faults })}')`);
    assert.deepEqual(await neighbourCheck(ours, reader), {
      name: 'release 42 reads what 41 writes',
      ok: false,
      why: 'link: it is not valid; names: the bucket',
    });
  });

  it('fails where a program does, or says something else', async test => {
    const failing = await neighbourCheck(await aRelease(test, 'process.exit(3)'), ours);
    assert.ok(!failing.ok);
    assert.match(failing.why, /The neighbour contract of release 42/);
    const silent = await neighbourCheck(ours, await aRelease(test, ''));
    assert.equal(silent.ok, false);
  });

  it('does not wait for a program that does not end', async test => {
    const endless = await aRelease(test, 'setInterval(() => {}, 1_000)');
    assert.deepEqual(await neighbourCheck(endless, ours, { withinMs: 1_000 }), {
      name: 'release 41 reads what 42 writes',
      ok: false,
      why: 'The neighbour contract of release 42 did not end within 1 s.\n',
    });
  });

  it('says of a release that has no contract that it has none', async test => {
    const folder = await testFolder(test);
    const without = await neighbourCheck({ ...ours, folder }, ours);
    assert.deepEqual(without, {
      name: 'release 41 reads what 41 writes',
      ok: false,
      why: 'The source of release 41 carries no neighbour contract.',
    });
  });
});
