import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { decodeJwt } from 'jose';
import { parseRelease } from '../../domain/release.ts';
import { openRecordFile } from '../../local/record/record-file.ts';
import { fakeCli } from '../fake-world.ts';

const nobody = () => new Response(null, { status: 404 });

async function aPair(context: TestContext) {
  const cli = await fakeCli(context, nobody);
  await openRecordFile(cli.world.paths.releases, { ...cli.world, release: parseRelease('1') });
  const cohortsOf = async (user: string) => decodeJwt((await cli.run('token', user)).out)['cohorts'];
  return { ...cli, cohortsOf };
}

describe('parity beta', () => {
  it('puts users into the tokens that they get from then on, and takes them out again', async context => {
    const { run, cohortsOf } = await aPair(context);
    const { code, out } = await run('beta', 'add', 'anna', 'otto', '--until', '2199-12-31');
    assert.deepEqual([code, out], [0, 'In beta until 2199-12-31, from the next token on: anna, otto']);
    assert.deepEqual([await cohortsOf('anna'), await cohortsOf('carla')], [' beta ', ' ']);
    await run('beta', 'remove', 'anna');
    assert.deepEqual([await cohortsOf('anna'), await cohortsOf('otto')], [' ', ' beta ']);
  });

  it('lists them with their end and the release that they meet now', async context => {
    const { run } = await aPair(context);
    assert.equal((await run('beta', 'list')).out, 'Nobody is in beta: ./parity beta add <user>');
    await run('beta', 'add', 'anna', '--until', '2199-12-31');
    assert.equal((await run('beta', 'list')).out, 'anna  until 2199-12-31  on 1');
    const { testers } = JSON.parse((await run('beta', 'list', '--json')).out) as {
      testers: { user: string }[];
    };
    assert.deepEqual(
      testers.map(({ user }) => user),
      ['anna'],
    );
  });

  it('refuses a day that is over, for nobody would be in beta', async context => {
    const { run } = await aPair(context);
    const { code, err } = await run('beta', 'add', 'anna', '--until', '2025-12-31');
    assert.deepEqual(
      [code, err],
      [2, "parity: 2025-12-31 is over: give the last day in beta, such as tomorrow's date."],
    );
    assert.equal((await run('beta', 'list')).out, 'Nobody is in beta: ./parity beta add <user>');
  });

  it('refuses a day that is none', async context => {
    const { run } = await aPair(context);
    for (const day of ['tomorrow', '2027-13-01', '2027-1-1']) {
      const { code, err } = await run('beta', 'add', 'anna', '--until', day);
      assert.equal(code, 2);
      assert.match(err, /Give a day such as 2027-01-31\./);
    }
  });
});
