import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { parseRelease } from '../../domain/release.ts';
import { silentLog } from './logger.ts';
import { manualClock } from './manual-clock.ts';
import { keeperSilentAfterMs, pollReleaseRoles } from './release-roles.ts';

/** A keeper that says what it is told to, and release 42 listening to it. */
async function world(test: TestContext) {
  let say = (answer: ServerResponse) => void answer.writeHead(503).end();
  const server = createServer((request, answer) => {
    if (request.url !== '/roles') answer.writeHead(404).end();
    else say(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const clock = manualClock();
  const { port } = server.address() as AddressInfo;
  const roles = pollReleaseRoles({
    keeperUrl: `http://127.0.0.1:${port}`,
    release: parseRelease('42'),
    clock,
    log: silentLog,
  });
  test.after(async () => {
    await roles.close();
    server.close();
    server.closeAllConnections();
  });
  const answer = (status: number, body: unknown) => {
    say = response => void response.writeHead(status).end(JSON.stringify(body));
  };
  const answered = (recordVersion: number, named: Record<string, string>, proven?: string) =>
    answer(200, { roles: named, recordVersion, proven });
  /** Two further questions have been asked, so that the answer to the first has been heard. */
  const heard = async () => {
    for (let question = 0; question < 3; question++) {
      const asked = once(server, 'request');
      const pace = setInterval(() => clock.advance(500), 5);
      await asked;
      clearInterval(pace);
    }
  };
  return { clock, roles, answer, answered, heard };
}

describe('pollReleaseRoles', () => {
  it('knows no role before the keeper has said one', async test => {
    assert.equal((await world(test)).roles.roleOf(), undefined);
  });

  it('knows which release is proven, as long as the keeper says it', async test => {
    const { roles, answered, heard, clock } = await world(test);
    answered(1, { 41: 'retiring', 42: 'live' }, '41');
    await heard();
    assert.equal(roles.proven(), '41');
    answered(2, { 42: 'live' });
    await heard();
    assert.equal(roles.proven(), undefined);
    assert.equal(roles.roleOf(), 'live');
    answered(3, { 42: 'live' }, '42');
    await heard();
    assert.equal(roles.proven(), '42');
    clock.advance(keeperSilentAfterMs);
    assert.equal(roles.proven(), undefined);
  });

  it('follows what the keeper says of our release', async test => {
    const { roles, answered, heard } = await world(test);
    answered(1, { 41: 'live', 42: 'candidate' });
    await heard();
    assert.equal(roles.roleOf(), 'candidate');
    answered(2, { 42: 'live' });
    await heard();
    assert.equal(roles.roleOf(), 'live');
    answered(3, { 43: 'live' });
    await heard();
    assert.equal(roles.roleOf(), undefined);
  });

  it('does not go back to an older record', async test => {
    const { roles, answered, heard } = await world(test);
    answered(7, { 42: 'retiring' });
    await heard();
    answered(6, { 42: 'live' });
    await heard();
    assert.equal(roles.roleOf(), 'retiring');
  });

  it('knows no role any more when the keeper is silent for 10 s', async test => {
    const { clock, roles, answer, answered, heard } = await world(test);
    answered(1, { 42: 'live' });
    await heard();
    answer(200, { nonsense: true });
    await heard();
    assert.equal(roles.roleOf(), 'live');
    clock.advance(keeperSilentAfterMs);
    assert.equal(roles.roleOf(), undefined);
  });
});
