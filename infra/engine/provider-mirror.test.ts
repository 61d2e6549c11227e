import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { findProviderMirror, mirrorConfiguration } from './provider-mirror.ts';

describe('findProviderMirror', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'parity-mirror-'));
    await mkdir(join(root, 'opt', 'plugins', 'registry.terraform.io', 'hashicorp', 'aws'), {
      recursive: true,
    });
    await mkdir(join(root, 'empty'));
  });
  after(() => rm(root, { recursive: true }));

  it('looks where it was told to, and only there', () => {
    const mirror = join(root, 'opt', 'plugins');
    assert.equal(findProviderMirror({ given: mirror, home: undefined, root: '/nowhere' }), mirror);
    assert.throws(
      () => findProviderMirror({ given: join(root, 'empty'), home: undefined, root }),
      (error: unknown) => isParityError(error, 'engine_missing') && /TF_PROVIDER_MIRROR/.test(error.message),
    );
  });

  it('finds one a few folders below the root', () => {
    assert.equal(
      findProviderMirror({ given: undefined, home: undefined, root }),
      join(root, 'opt', 'plugins'),
    );
  });

  it('says when there is none', () => {
    assert.throws(
      () => findProviderMirror({ given: undefined, home: undefined, root: join(root, 'empty') }),
      (error: unknown) =>
        isParityError(error, 'engine_missing') &&
        /No mirror of the AWS provider was found/.test(error.message),
    );
  });
});

describe('mirrorConfiguration', () => {
  it('takes the AWS provider from the mirror alone', () => {
    const text = mirrorConfiguration('/a "folder"');
    assert.match(text, /path {4}= "\/a \\"folder\\""/);
    assert.match(text, /include = \["registry\.terraform\.io\/hashicorp\/aws"\]/);
    assert.match(text, /exclude = \["registry\.terraform\.io\/hashicorp\/aws"\]/);
  });
});
