import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { openRecordFile } from '../../local/record/record-file.ts';
import { fakeCli } from '../fake-world.ts';

const pairOf = async ({ world }: Awaited<ReturnType<typeof fakeCli>>) => {
  await openRecordFile(world.paths.releases, { ...world, release: parseRelease('1') });
};

describe('parity plan', () => {
  it('says what would happen, without a running pair, and changes nothing', async context => {
    const cli = await fakeCli(context);
    await pairOf(cli);
    const { code, out } = await cli.run('plan', '2');
    assert.equal(code, 0);
    assert.match(
      out,
      /^Release 2 after 1, to even, by the laptop policy: about 1 min \d+ s, 3 min \d+ s at worst\n/,
    );
    const { steps } = JSON.parse((await cli.run('plan', '2', '--json')).out) as { steps: { id: string }[] };
    assert.equal(steps[0]?.id, 'preflight');
    assert.equal((await cli.run('history')).out.split('\n').length, 2);
  });

  it('says why a release cannot be shipped', async context => {
    const cli = await fakeCli(context);
    await pairOf(cli);
    const { code, err } = await cli.run('plan', '1');
    assert.equal(code, 1);
    assert.match(err, /Release 1 is not newer than 1, which is live\./);
  });

  it('says that there is no pair yet', async context => {
    const { run } = await fakeCli(context);
    const { code, err } = await run('plan', '2');
    assert.equal(code, 1);
    assert.match(err, /There is no record: no pair has been started here\./);
  });
});

describe('parity history', () => {
  it('tells who did what, of the live release if no other is named', async context => {
    const cli = await fakeCli(context);
    await pairOf(cli);
    const { out } = await cli.run('history');
    assert.match(out, /^\d{4}-\d\d-\d\d\n\d\d:\d\d:\d\d {2}npm start {4}record 1 {2}begin: a new pair$/);
    assert.equal((await cli.run('history', '7')).out, 'Nothing is told of release 7.');
  });
});
