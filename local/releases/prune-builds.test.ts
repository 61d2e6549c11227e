import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { pruneBuilds } from './prune-builds.ts';

const [one, two] = [parseRelease('1'), parseRelease('2')];

describe('pruneBuilds', () => {
  it('deletes registrations, sources and packages of no build that stays, and nothing else', async test => {
    const root = await mkdtemp(join(tmpdir(), 'parity-prune-'));
    test.after(() => rm(root, { recursive: true, force: true }));
    const folder = join(root, 'builds');
    const source = async (commit: string, packages: string) => {
      const path = join(folder, `source-${commit}`);
      await mkdir(path, { recursive: true });
      await mkdir(join(folder, `packages-${packages}`, 'node_modules'), { recursive: true });
      await symlink(join(folder, `packages-${packages}`, 'node_modules'), join(path, 'node_modules'));
      await writeFile(join(folder, `packages-${packages}.log`), '');
      return path;
    };
    const kept = await source('aaa', 'p1');
    await source('bbb', 'p1');
    await source('ccc', 'p2');
    await mkdir(join(folder, 'source-ddd.123.half'));
    for (const name of ['release-1.json', 'release-2.json', 'release-3.json', 'other'])
      await writeFile(join(folder, name), '{}');
    const project = join(root, 'project');
    await pruneBuilds(folder, [
      { release: one, folder: project },
      { release: two, folder: kept },
    ]);
    assert.deepEqual((await readdir(folder)).sort(), [
      ...['other', 'packages-p1', 'packages-p1.log'],
      ...['release-1.json', 'release-2.json', 'source-aaa'],
    ]);
  });
});
