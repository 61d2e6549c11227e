import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { fakeCli, type FakePair } from '../fake-world.ts';

const id = '1f0e2d3c-4b5a-8978-8675-645342312f1e';
const link = `http://pair.test/v1/documents/${id}/content`;

const json = (status: number, body: unknown, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'x-parity-served-by': 'odd/1', ...headers } });
const refusal = (status: number, code: string, message: string, headers = {}) =>
  json(status, { error: { code, message } }, headers);
const accepted = () => json(202, { id, state: 'accepted', links: { self: '', content: link } });
const shown = (state: string, more = {}) => json(200, { id, state, links: { content: link }, ...more });
/** What may be the matter with a pair that does not answer. */
const slowly =
  'see ./parity status. With --dns-like that may last 80 s after a cluster died, ' +
  'and longer for a client that never asks again.';

const broken = () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } }));

/** Answers each route in turn, the last answer for ever; devices are always registered. */
function pairThat(
  uploads: readonly (() => Response | Promise<Response>)[],
  states: readonly (() => Response | Promise<Response>)[],
): FakePair {
  const [upload, state] = [inTurn(uploads), inTurn(states)];
  return ({ method }) => {
    if (method === 'PUT') return new Response(null, { status: 204 });
    return method === 'POST' ? upload() : state();
  };
}

describe('parity send', () => {
  it('sends a file as its driver, waits, and tells what became of it', async context => {
    const pair = pairThat(
      [accepted],
      [() => shown('accepted'), () => shown('stored'), () => shown('notified')],
    );
    const { run, seen, file } = await sender(context, pair);
    const { code, out } = await run('send', file, '--as', 'anna');
    assert.equal(code, 0);
    assert.match(out, /^Führerschein 1\.jpg: notified after \S+ s, taken by odd\/1\n/);
    assert.ok(out.includes(id) && out.includes(link) && out.includes('http://phones.test'));
    const upload = seen.find(({ method }) => method === 'POST');
    assert.equal(upload?.body, 'a photo');
    assert.equal(upload?.headers.get('x-document-name'), 'F%C3%BChrerschein%201.jpg');
    assert.equal(upload?.headers.get('content-type'), 'image/jpeg');
    const digest = createHash('sha256').update('a photo').digest('base64');
    assert.equal(upload?.headers.get('repr-digest'), `sha-256=:${digest}:`);
    assert.equal(decodeJwt(upload?.headers.get('authorization')?.slice(7) ?? '').sub, 'anna');
  });

  it('registers the driver’s phone first', async context => {
    const { run, seen, file } = await sender(context, pairThat([accepted], [() => shown('notified')]));
    await run('send', file, '--as', 'anna@example.org');
    assert.deepEqual(seen.map(({ method, path }) => `${method} ${path}`).slice(0, 2), [
      'PUT /v1/devices/cli-anna.40example.org',
      'POST /v1/documents',
    ]);
    assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), { kind: 'token', value: 'anna@example.org' });
    await run('send', file, '--as', "Úna O'Brien");
    assert.ok(seen.some(({ path }) => path === '/v1/devices/cli-.C3.9Ana.20O.27Brien'));
  });

  it('sends although no phone can be registered', async context => {
    const pair = pairThat([accepted], [() => shown('notified')]);
    const noDatabase: FakePair = request =>
      request.method === 'PUT' ? refusal(403, 'forbidden', 'No.') : pair(request);
    const { run, file } = await sender(context, noDatabase);
    const { code, err } = await run('send', file);
    assert.equal(code, 0);
    assert.match(err, /^The phone of driver-1 could not be registered, so no push will come: No\.$/);
  });

  it('repeats with the same key when the connection breaks or the pair says later', async context => {
    const later = () => refusal(503, 'broker_unavailable', 'Later.', { 'retry-after': '1' });
    const { run, seen, file } = await sender(
      context,
      pairThat([broken, later, accepted], [() => shown('notified')]),
    );
    const { code, out } = await run('send', file);
    assert.equal(code, 0);
    assert.match(out, /, sent 3 times\n/);
    const keys = seen
      .filter(({ method }) => method === 'POST')
      .map(({ headers }) => headers.get('idempotency-key'));
    assert.equal(keys.length, 3);
    assert.equal(new Set(keys).size, 1);
  });

  it('gives the same file another key in another run, unless it is told which', async context => {
    const { run, seen, file } = await sender(context, pairThat([accepted], [() => shown('notified')]));
    await run('send', file);
    await run('send', file);
    await run('send', file, '--key', 'tour-17');
    const keys = seen
      .filter(({ method }) => method === 'POST')
      .map(({ headers }) => headers.get('idempotency-key'));
    assert.equal(new Set(keys).size, 3);
    assert.equal(keys[2], 'tour-17');
  });

  it('fails when a document is rejected, and says why', async context => {
    const rejected = () => shown('rejected', { explanation: 'The file is empty.' });
    const { run, file } = await sender(context, pairThat([accepted], [rejected]));
    const { code, out, err } = await run('send', file);
    assert.equal(code, 1);
    assert.match(out, /rejected \(The file is empty\.\)/);
    assert.equal(err, 'parity: Not stored and notified: Führerschein 1.jpg.');
  });

  it('does not repeat what is refused for good', async context => {
    const used = () => refusal(422, 'idempotency_key_reused', 'The key belongs to other bytes.');
    const { run, seen, file } = await sender(context, pairThat([used], []));
    const { code, err } = await run('send', file, '--json');
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(err), {
      error: { code: 'idempotency_key_reused', message: 'The key belongs to other bytes.' },
    });
    assert.equal(seen.filter(({ method }) => method === 'POST').length, 1);
  });

  it('says at once that nobody is there', async context => {
    const refused: FakePair = () =>
      Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));
    const { run, seen, file } = await sender(context, refused);
    const { code, err } = await run('send', file);
    assert.deepEqual([code, err], [1, 'parity: Parity is not running here: start it with npm start.']);
    assert.equal(seen.length, 1);
  });

  it('gives up on a pair that does not answer', async context => {
    const { run, file } = await sender(context, pairThat([broken], []));
    const { code, err } = await run('send', file, '--timeout', '1');
    assert.deepEqual([code, err], [1, `parity: The pair does not answer: ${slowly}`]);
  });

  it(
    'ends on time where a request is never answered, and tells what is known',
    { timeout: 20_000 },
    async context => {
      const hanging = () => new Promise<Response>(() => {});
      const cases: { pair: FakePair; told: RegExp }[] = [
        {
          pair: hanging,
          told: /no push will come: .*\nparity: The time was up before it was sent: give it more\.$/,
        },
        {
          pair: pairThat([hanging], []),
          told: /^parity: The pair does not answer: see \.\/parity status\. With --dns-like .*again\.$/,
        },
        {
          pair: pairThat([accepted], [hanging]),
          told: new RegExp(
            `^parity: It was accepted as ${id}, and is not seen since: The pair does not answer`,
          ),
        },
      ];
      const runs = cases.map(async ({ pair, told }) => {
        const { run, file } = await sender(context, pair);
        const { code, err } = await run('send', file, '--timeout', '1');
        assert.equal(code, 1);
        assert.match(err, told);
      });
      await Promise.all(runs);
    },
  );

  it('spends its time once, not for each file', { timeout: 20_000 }, async context => {
    const hanging = () => new Promise<Response>(() => {});
    const { run, file } = await sender(context, pairThat([accepted, hanging], [() => shown('notified')]));
    const { code, out, err } = await run('send', file, file, file, '--timeout', '1');
    assert.equal(code, 1);
    assert.match(out, /notified after/);
    assert.match(err, /^parity: Führerschein 1\.jpg: The pair does not answer/);
  });

  it('takes no time for no answer', async context => {
    const { run, seen, file } = await sender(context, pairThat([], []));
    const { code, err } = await run('send', file, '--timeout', '0');
    assert.deepEqual([code, seen], [2, []]);
    assert.match(err, /^parity: '0' is no seconds\. Give whole seconds\./);
  });

  it('names the file that was refused among several, and tells what became of those before it', async context => {
    const tooLarge = () => refusal(413, 'document_too_large', 'Papers have 50 MB at most.');
    const { run, file } = await sender(context, pairThat([accepted, tooLarge], [() => shown('notified')]));
    const { code, out, err } = await run('send', file, file, '--json');
    assert.equal(code, 1);
    const { documents } = JSON.parse(out) as { documents: { id: string }[] };
    assert.deepEqual(
      documents.map(sent => sent.id),
      [id],
    );
    assert.deepEqual(JSON.parse(err), {
      error: { code: 'document_too_large', message: 'Führerschein 1.jpg: Papers have 50 MB at most.' },
    });
  });

  it('takes an answer that is no JSON for one all the same', async context => {
    const gone = () => new Response('no route', { status: 404 });
    const { run, seen, file } = await sender(context, pairThat([gone], []));
    const { code, err } = await run('send', file);
    assert.deepEqual([code, err], [1, 'parity: The pair answered 404 without a reason.']);
    assert.equal(seen.filter(({ method }) => method === 'POST').length, 1);
  });

  it('gives up on time also where the pair says "later" in words that it does not understand', async context => {
    const later = () =>
      refusal(503, 'overloaded', 'Later.', { 'retry-after': 'Fri, 27 Nov 2026 10:00:00 GMT' });
    const { run, file } = await sender(context, pairThat([later], []));
    const { code, err } = await run('send', file, '--timeout', '1');
    assert.deepEqual([code, err], [1, 'parity: Later.']);
  });

  it('refuses a key for several files, and a file that is not there', async context => {
    const { run, seen, file } = await sender(context, pairThat([accepted], [() => shown('notified')]));
    const { code, err } = await run('send', file, file, '--key', 'tour-17');
    assert.equal(code, 2);
    assert.equal(err, 'parity: A key is for one file: send the files one by one, or leave --key out.');
    const missing = await run('send', 'nowhere.jpg');
    assert.equal(missing.code, 1);
    assert.match(missing.err, /^parity: nowhere\.jpg cannot be read: there is no such file\.$/);
    assert.deepEqual(seen, []);
  });
});

describe('what cannot be sent', () => {
  it('is a folder, a pipe, a device: refused before anybody waits for their end', async context => {
    const { run, seen, file, world } = await sender(context, pairThat([accepted], [() => shown('notified')]));
    const pipe = join(world.paths.root, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    const why = { [world.paths.root]: 'it is a folder', [pipe]: 'it is no ordinary file' };
    const others = { '/dev/zero': 'it is no ordinary file', [join(file, 'x')]: 'there is no such file' };
    for (const [given, reason] of Object.entries({ ...why, ...others })) {
      const { code, err } = await run('send', given);
      assert.deepEqual([code, err], [1, `parity: ${given} cannot be read: ${reason}.`]);
    }
    assert.equal((await run('send', '')).err, 'parity: "" cannot be read: there is no such file.');
    assert.deepEqual(seen, []);
  });

  it('is a key of two lines: refused at once, and not taken for a pair that does not answer', async context => {
    const { run, seen, file } = await sender(context, pairThat([accepted], [() => shown('notified')]));
    const { code, err } = await run('send', file, '--key', 'a\nb');
    assert.equal(code, 2);
    assert.equal(
      err,
      'parity: "a\\nb" is no idempotency-key: leave out line ends and whatever is not ASCII.',
    );
    assert.equal(seen.filter(({ method }) => method === 'POST').length, 0);
  });
});

async function sender(context: TestContext, pair: FakePair) {
  const cli = await fakeCli(context, pair);
  const file = join(cli.world.paths.root, 'Führerschein 1.jpg');
  await writeFile(file, 'a photo');
  return { ...cli, file };
}

function inTurn<T>(answers: readonly (() => T)[]): () => T {
  const left = [...answers];
  return () => {
    const answer = left.length > 1 ? left.shift() : left[0];
    assert.ok(answer, 'asked for what the test did not foresee');
    return answer();
  };
}
