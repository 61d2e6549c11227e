import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { fakeCli, type FakePair } from '../fake-world.ts';

const id = '1f0e2d3c-4b5a-8978-8675-645342312f1e';
const push = `${id}:1:phone:stored`;

const document = {
  id,
  owner: 'anna',
  name: 'licence.jpg',
  size: 7,
  sha256: 'ab12',
  mediaType: 'image/jpeg',
  state: 'notified',
  spool: 'receipt',
  vault: { file: 'f1' },
  events: [
    { at: '2026-11-22T06:00:00.000Z', what: 'accepted', by: 'odd/1' },
    { at: '2026-11-22T06:00:03.000Z', what: 'notified', by: 'even/1', note: 'late' },
  ],
};
const pushes = { events: [{ at: '2026-11-22T06:00:02.000Z', what: 'push sent (phone)', by: 'even/1' }] };
const parkedDocument = {
  id,
  kind: 'document',
  reason: 'attempts_exhausted',
  why: 'Storing it failed too often.',
  since: '2026-11-22T07:00:00.000Z',
  owner: 'anna',
  name: 'licence.jpg',
};
const parkedPush = {
  id: push,
  kind: 'push',
  reason: 'refused',
  why: 'to phone',
  since: '2026-11-22T06:30:00.000Z',
};

const pair: FakePair = ({ method, path }) => {
  const routes: Record<string, unknown> = {
    [`GET /v1/admin/documents/${id}`]: document,
    [`GET /v1/admin/notifications/${id}`]: pushes,
    'GET /v1/admin/parked': { parked: [parkedDocument] },
    'GET /v1/admin/parked-pushes': { parked: [parkedPush] },
    [`GET /v1/admin/parked/${id}`]: parkedDocument,
    [`POST /v1/admin/parked/${id}/replay`]: { state: 'storing' },
    [`POST /v1/admin/parked-pushes/${encodeURIComponent(push)}/replay`]: { state: 'sent' },
    [`POST /v1/admin/parked/${id}/drop`]: { state: 'cancelled' },
    [`POST /v1/admin/parked-pushes/${encodeURIComponent(push)}/drop`]: { state: 'dropped' },
  };
  if (`${method} ${path}` === `POST /v1/documents/${id}/links/revoke`)
    return new Response(null, { status: 204 });
  const body = routes[`${method} ${path}`];
  if (body !== undefined) return Response.json(body);
  const error = { code: 'not_found', message: 'Nothing is parked as that.' };
  return Response.json({ error }, { status: 404 });
};

describe('parity document', () => {
  it('tells what storage and notification know, in order, to an admin', async context => {
    const { run, seen } = await fakeCli(context, pair);
    const { code, out } = await run('document', id);
    assert.equal(code, 0);
    const story = out.split('\n').filter(line => line.startsWith('2026'));
    assert.deepEqual(story, [
      '2026-11-22T06:00:00.000Z  accepted           odd/1',
      '2026-11-22T06:00:02.000Z  push sent (phone)  even/1',
      '2026-11-22T06:00:03.000Z  notified           even/1  late',
    ]);
    assert.match(out, /owner\s+anna\n/);
    assert.deepEqual(decodeJwt(seen[0]?.headers.get('authorization')?.slice(7) ?? '')['roles'], ['admin']);
  });

  it('gives programs all of it', async context => {
    const { run } = await fakeCli(context, pair);
    const { events } = JSON.parse((await run('document', id, '--json')).out) as {
      events: { what: string }[];
    };
    assert.deepEqual(
      events.map(({ what }) => what),
      ['accepted', 'push sent (phone)', 'notified'],
    );
  });

  it('does not ask for what is no id', async context => {
    const { run, seen } = await fakeCli(context, pair);
    const { code, err } = await run('document', '../etc');
    assert.deepEqual([code, err], [1, 'parity: There is no such document.']);
    assert.deepEqual(seen, []);
  });
});

describe('parity revoke', () => {
  it('takes back the links of a document, as an admin', async context => {
    const { run, seen } = await fakeCli(context, pair);
    const { code, out } = await run('revoke', id);
    assert.deepEqual([code, out], [0, `Every link to ${id} that was sent until now is refused (410).`]);
    assert.deepEqual(decodeJwt(seen[0]?.headers.get('authorization')?.slice(7) ?? '')['roles'], ['admin']);
    assert.deepEqual(JSON.parse((await run('revoke', id, '--json')).out), { revoked: id });
  });

  it('says when there is no such document', async context => {
    const { run } = await fakeCli(context, pair);
    const other = id.replace(/^1/, '2');
    assert.deepEqual(await run('revoke', other), {
      code: 1,
      out: '',
      err: 'parity: Nothing is parked as that.',
    });
  });
});

describe('parity parked', () => {
  it('asks nobody about what can be no id', async context => {
    const { run, seen } = await fakeCli(context, pair);
    for (const no of ['', '.', '../documents', 'a/b', 'a b', 'a\u001b']) {
      for (const what of ['show', 'replay', 'drop']) {
        const { code, err } = await run('parked', what, no);
        assert.deepEqual(
          [code, err],
          [1, `parity: No document, message or push is parked as ${no}: ./parity parked list shows what is.`],
        );
      }
    }
    assert.deepEqual(seen, []);
  });

  it('lists documents and pushes, the oldest first', async context => {
    const { run } = await fakeCli(context, pair);
    const { out } = await run('parked', 'list');
    assert.deepEqual(
      out.split('\n').map(line => line.split(/ {2,}/)[1]),
      ['push', 'document'],
    );
    assert.match(out, /licence\.jpg of anna$/);
    const { parked } = JSON.parse((await run('parked', 'list', '--json')).out) as {
      parked: { id: string }[];
    };
    assert.deepEqual(
      parked.map(each => each.id),
      [push, id],
    );
  });

  it('shows one of either', async context => {
    const { run } = await fakeCli(context, pair);
    assert.match((await run('parked', 'show', id)).out, /why {7}Storing it failed too often\./);
    assert.match((await run('parked', 'show', push)).out, /reason {4}refused/);
  });

  it('replays one of either', async context => {
    const { run } = await fakeCli(context, pair);
    assert.deepEqual(JSON.parse((await run('parked', 'replay', id, '--json')).out), { state: 'storing' });
    assert.deepEqual(JSON.parse((await run('parked', 'replay', push, '--json')).out), { state: 'sent' });
  });

  it('drops one of either', async context => {
    const { run } = await fakeCli(context, pair);
    assert.deepEqual(JSON.parse((await run('parked', 'drop', id, '--json')).out), { state: 'cancelled' });
    assert.equal((await run('parked', 'drop', push)).out, `${push} is dropped.`);
  });

  it('says what is not parked', async context => {
    const { run } = await fakeCli(context, pair);
    for (const act of ['show', 'replay', 'drop']) {
      const { code, err } = await run('parked', act, 'nothing');
      const says = 'No document, message or push is parked as nothing: ./parity parked list shows what is.';
      assert.deepEqual([code, err], [1, `parity: ${says}`]);
    }
  });

  it('says why storage does not tell of one, whatever notification says', async context => {
    const error = { code: 'forbidden', message: 'This is for admins.' };
    const { run, seen } = await fakeCli(context, () => Response.json({ error }, { status: 403 }));
    assert.equal((await run('parked', 'show', id)).err, 'parity: This is for admins.');
    assert.equal(seen.length, 1);
  });

  it('says when nothing is', async context => {
    const { run } = await fakeCli(context, () => Response.json({ parked: [] }));
    assert.equal((await run('parked', 'list')).out, 'Nothing is parked.');
  });
});
