import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { testFolder } from '../../services/kit/test-folder.ts';
import { ofSomebodyElse, startInFirstWay } from './engine.ts';
import { refuseLeftFolder, unlessMadeByOthers } from './made-by.ts';

const makers = { program: 'a program', container: 'a Docker engine' } as const;

/** Starts in a folder that `maker` made, on a machine where these ways are open; gives the way that was taken. */
async function taken(test: TestContext, world: { maker?: string; open: readonly string[] }) {
  const folder = await testFolder(test);
  if (world.maker !== undefined) await mkdir(join(folder, world.maker));
  const way = (mark: string) =>
    unlessMadeByOthers(makers, mark, async () =>
      world.open.includes(mark) ? { ...ofSomebodyElse(mark, ''), version: '' } : undefined,
    );
  const ways = [way('program'), way('container'), refuseLeftFolder('The engine', makers)];
  return { folder, started: startInFirstWay(ways, { folder }).then(({ name }) => name) };
}

describe('unlessMadeByOthers', () => {
  it('takes the first way that is open in a new folder', async test => {
    const both = ['program', 'container'];
    assert.equal(await (await taken(test, { open: both })).started, 'program');
    assert.equal(await (await taken(test, { open: ['container'] })).started, 'container');
  });

  it('takes the way that made the folder, also when an earlier one has opened since', async test => {
    const world = { maker: 'container', open: ['program', 'container'] };
    assert.equal(await (await taken(test, world)).started, 'container');
  });
});

describe('refuseLeftFolder', () => {
  it('names what is missing when the way that made the folder is not open any more', async test => {
    const { folder, started } = await taken(test, { maker: 'program', open: ['container'] });
    await assert.rejects(started, {
      code: 'engine_missing',
      message:
        `The engine in ${folder} was written by a program, which is not there any more. ` +
        'Bring it back, or begin anew in another folder.',
    });
  });

  it('leaves it to the general word when nobody made the folder', async test => {
    await assert.rejects((await taken(test, { open: [] })).started, {
      code: 'engine_missing',
      message: 'No way to have this engine is open on this machine.',
    });
  });
});
