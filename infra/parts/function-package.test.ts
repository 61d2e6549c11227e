import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { isParityError } from '../../domain/errors.ts';
import type { handler } from '../rotation/main.ts';
import { packageFunction } from './function-package.ts';

/** The files of a zip whose files are stored as they are, from its local headers. */
function filesOf(zip: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const [size, nameLength] = [zip.readUInt32LE(at + 18), zip.readUInt16LE(at + 26)];
    const content = at + 30 + nameLength;
    files.set(zip.toString('utf8', at + 30, content), zip.subarray(content, content + size));
    at = content + size;
  }
  return files;
}

describe('packageFunction', () => {
  const entry = 'infra/rotation/main.ts';
  const database = 'infra/rotation/database/main.ts';

  it('takes in what the module imports of ours, and nothing else', () => {
    const names = [...filesOf(packageFunction(entry)).keys()];
    const own = ['main', 'management-api', 'rotate-secret', 'rotation-handler', 'secrets-manager'];
    assert.deepEqual(names, ['domain/errors.mjs', ...own.map(name => `infra/rotation/${name}.mjs`)]);
  });

  it('takes in what is named of packages, with all that it needs', () => {
    const names = [...filesOf(packageFunction(database, ['mongodb'])).keys()];
    const packages = names.map(name => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1]);
    for (const name of ['mongodb', 'bson', 'whatwg-url', '@mongodb-js/saslprep']) {
      assert.ok(packages.includes(name), name);
    }
    assert.equal(packages.includes('@types/whatwg-url'), false);
  });

  it('makes the same bytes of the same code', () => {
    assert.deepEqual(packageFunction(database, ['mongodb']), packageFunction(database, ['mongodb']));
  });

  it('makes what runs beside the SDK, without us', async test => {
    const folder = await mkdtemp(join(tmpdir(), 'parity-function-'));
    test.after(() => rm(folder, { recursive: true }));
    for (const [name, content] of filesOf(packageFunction(entry))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    await symlink(join(import.meta.dirname, '..', '..', 'node_modules'), join(folder, 'node_modules'));
    const url = pathToFileURL(join(folder, 'infra', 'rotation', 'main.mjs')).href;
    const made = (await import(url)) as { handler: typeof handler };
    await assert.rejects(
      made.handler({ Step: 'createSecret', SecretId: 'of-somebody', ClientRequestToken: 'v' }),
      // Its errors are those of its own copy of our module.
      (error: unknown) =>
        !isParityError(error) && /of-somebody is not a secret of this broker/.test(String(error)),
    );
  });
});
