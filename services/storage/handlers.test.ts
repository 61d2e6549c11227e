import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timedDocumentId } from '../../domain/document-id.ts';
import { keepStray } from '../kit/stray.ts';
import { body, handlersWorld, json } from './handlers-world.ts';
import { contentDisposition } from './serve-content.ts';
import { storeDocument } from './store-document.ts';
import { tinyPhoto } from '../kit/tiny-photo.ts';

const missing = timedDocumentId({ nowMs: 1, random: new Uint8Array(10) });
const notFound = { code: 'not_found', message: 'There is no such document.' };

describe('a user’s documents', () => {
  it('are shown, from the row, or from the spool before there is one', async test => {
    const { handlers, call, store, accept } = await handlersWorld(test);
    const id = await store({ name: 'a.jpg' });
    const shown = await json(handlers.show(call({ id })));
    assert.equal(shown['state'], 'stored');
    assert.deepEqual(shown['links'], {
      self: `https://parity.test/v1/documents/${id}`,
      content: `https://parity.test/v1/documents/${id}/content`,
    });
    const { document } = await accept({ key: 'key-2' });
    assert.equal((await json(handlers.show(call({ id: document }))))['state'], 'accepted');
  });

  it('are nobody else’s: shown, read or waiting in the spool', async test => {
    const { handlers, call, store, accept } = await handlersWorld(test);
    const stored = await store();
    const { document: waiting } = await accept({ key: 'key-2' });
    for (const id of [stored, waiting, missing, 'no id']) {
      await assert.rejects(async () => handlers.show(call({ id }, { user: 'driver-2' })), notFound);
      await assert.rejects(async () => handlers.content(call({ id }, { user: 'driver-2' })), notFound);
    }
  });

  it('are answered for by the spool while the database is away, but not read', async test => {
    const { handlers, call, store, database } = await handlersWorld(test);
    const id = await store();
    database.server.faults.down = true;
    assert.equal((await json(handlers.show(call({ id }))))['state'], 'stored');
    const away = {
      code: 'database_unavailable',
      message: 'The database does not answer (read documents); try again later.',
    };
    await assert.rejects(async () => handlers.content(call({ id })), away);
    await assert.rejects(async () => handlers.show(call({ id: missing })), away);
    await assert.rejects(async () => handlers.show(call({ id }, { user: 'driver-2' })), notFound);
  });

  it('are listed newest first, in pages without gaps or repeats, also when times are equal', async test => {
    const { handlers, call, store } = await handlersWorld(test);
    const stored = [];
    for (let n = 0; n < 5; n++) stored.push(await store({ key: `key-${n}` }));
    await store({ owner: 'driver-2', key: 'other' });
    const listed: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const query: string = `limit=2${next === '' ? '' : `&after=${encodeURIComponent(next)}`}`;
      const page = (await json(handlers.list(call({}, { query })))) as unknown as {
        documents: { id: string }[];
        next?: string;
      };
      listed.push(...page.documents.map(({ id }) => id));
      next = page.next;
    }
    assert.deepEqual(listed, stored.toSorted().reverse());
  });

  for (const limit of ['0', '201', '1.5', 'many']) {
    it(`are not listed with a limit of ${limit}`, async test => {
      const { handlers, call } = await handlersWorld(test);
      await assert.rejects(async () => handlers.list(call({}, { query: `limit=${limit}` })), {
        code: 'invalid_request',
        message: '`limit` must be a whole number from 1 to 200.',
      });
    });
  }

  it('are read as a download that a browser does not run', async test => {
    const { handlers, call, store } = await handlersWorld(test);
    const id = await store({ text: 'mine', name: 'a.jpg' });
    const answer = await handlers.content(call({ id }));
    assert.equal(answer.headers?.['content-type'], 'image/jpeg');
    assert.equal(answer.headers?.['x-content-type-options'], 'nosniff');
    assert.equal(answer.headers?.['content-security-policy'], "default-src 'none'; sandbox");
    assert.equal(answer.headers?.['content-length'], tinyPhoto('mine').length);
    assert.match(await body(answer), /mine/);
  });

  it('are not read before they are stored', async test => {
    const { handlers, call, accept } = await handlersWorld(test);
    const { document: id } = await accept();
    await assert.rejects(async () => handlers.content(call({ id })), {
      code: 'conflict',
      message: 'The document is accepted: its content cannot be read now.',
    });
  });
});

describe('an operator', () => {
  it('traces a document from spool, row and vault', async test => {
    const { handlers, call, store, row } = await handlersWorld(test);
    const id = await store();
    const trace = await json(handlers.trace(call({ id })));
    assert.deepEqual(trace['vault'], {
      file: (await row(id))?.file,
      url: `https://parity.test/v1/documents/${id}/content`,
    });
    assert.equal(trace['spool'], 'receipt');
    assert.deepEqual(
      (trace['events'] as { what: string }[]).map(({ what }) => what),
      ['accepted', 'stored'],
    );
  });

  it('traces what is only in the spool, and not what is nowhere', async test => {
    const { handlers, call, accept } = await handlersWorld(test);
    const { document: id } = await accept();
    const trace = await json(handlers.trace(call({ id })));
    assert.deepEqual([trace['state'], trace['spool'], trace['vault']], ['accepted', 'payload', undefined]);
    await assert.rejects(async () => handlers.trace(call({ id: missing })), notFound);
  });

  it('sees what is parked, and has it stored after all', async test => {
    const { handlers, call, accept, documents, process, row, republished } = await handlersWorld(test);
    const message = await accept({ name: 'a.jpg' });
    await storeDocument(process({ role: () => undefined }), message, 0);
    const stored = await row(message.document);
    assert.ok(stored);
    await documents.change(stored, { state: 'parked', reason: 'attempts_exhausted' });
    const listed = await json(handlers.parked(call()));
    const shown = await json(handlers.showParked(call({ id: message.document })));
    assert.deepEqual(listed['parked'], [shown]);
    assert.deepEqual(
      [shown['kind'], shown['reason'], shown['name']],
      ['document', 'attempts_exhausted', 'a.jpg'],
    );
    const replayed = await handlers.replay(call({ id: message.document }, { user: 'admin-1' }));
    assert.equal(replayed.status, 202);
    assert.deepEqual(
      republished().map(({ document, generation }) => [document, generation]),
      [[message.document, 1]],
    );
    assert.equal((await row(message.document))?.events.at(-1)?.by, 'admin-1');
    await assert.rejects(async () => handlers.replay(call({ id: message.document })), {
      code: 'conflict',
      message: `Document ${message.document} is storing: only what is parked can be replayed.`,
    });
  });

  it('may leave a replay to the sweeper while no broker takes it', async test => {
    const { handlers, call, accept, documents, process, row, brokers, clock, sweeperOf, republished } =
      await handlersWorld(test);
    const message = await accept();
    await storeDocument(process({ role: () => undefined }), message, 0);
    const stored = await row(message.document);
    assert.ok(stored);
    await documents.change(stored, { state: 'parked' });
    for (const broker of ['odd', 'even'] as const) brokers.setDown(broker, true);
    assert.equal((await handlers.replay(call({ id: message.document }))).status, 202);
    for (const broker of ['odd', 'even'] as const) brokers.setDown(broker, false);
    clock.advance(120_000);
    await sweeperOf().round();
    assert.deepEqual(
      republished().map(({ generation }) => generation),
      [1],
    );
  });

  it('can look at a message that names no document, and not replay it', async test => {
    const { handlers, call, strays, clock } = await handlersWorld(test);
    const payload = Buffer.from('no message');
    const read = { outcome: 'unreadable', why: 'not JSON' } as const;
    const at = new Date(clock.now());
    const delivery = { read, payload, attempts: 0, broker: 'odd' } as const;
    for (let twice = 0; twice < 2; twice++) await keepStray(strays, delivery, { why: 'unreadable', at });
    const listed = (await json(handlers.parked(call())))['parked'] as { id: string; payload: string }[];
    assert.equal(listed.length, 1);
    assert.equal(listed[0]?.payload, 'no message');
    await assert.rejects(async () => handlers.replay(call({ id: listed[0]?.id ?? '' })), {
      code: 'conflict',
      message: 'This is a message without a document to store: it can only be looked at.',
    });
  });

  it('is told what is not parked', async test => {
    const { handlers, call, store } = await handlersWorld(test);
    const id = await store();
    const nothing = (named: string) => ({ code: 'not_found', message: `Nothing is parked as ${named}.` });
    await assert.rejects(async () => handlers.showParked(call({ id })), nothing(id));
    await assert.rejects(async () => handlers.replay(call({ id: 'f00' })), nothing('f00'));
    await assert.rejects(async () => handlers.replay(call({ id: missing })), {
      code: 'not_found',
      message: `There is no document ${missing}.`,
    });
  });
});

describe('contentDisposition', () => {
  const cases = {
    'a.jpg': `attachment; filename="a.jpg"; filename*=UTF-8''a.jpg`,
    'say "hi"\\.pdf': `attachment; filename="say _hi__.pdf"; filename*=UTF-8''say%20%22hi%22%5C.pdf`,
    'Lieferschein Größe.pdf': `attachment; filename="Lieferschein Gr__e.pdf"; filename*=UTF-8''Lieferschein%20Gr%C3%B6%C3%9Fe.pdf`,
    '../../etc/passwd': `attachment; filename=".._.._etc_passwd"; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd`,
    "it's (1)*.pdf": `attachment; filename="it's (1)*.pdf"; filename*=UTF-8''it%27s%20%281%29%2A.pdf`,
    'חשבונית.pdf': `attachment; filename="_______.pdf"; filename*=UTF-8''%D7%97%D7%A9%D7%91%D7%95%D7%A0%D7%99%D7%AA.pdf`,
    'photo\u202egpj.exe': `attachment; filename="photogpj.exe"; filename*=UTF-8''photogpj.exe`,
    '\ud800.jpg': `attachment; filename="_.jpg"; filename*=UTF-8''%EF%BF%BD.jpg`,
  };
  for (const [name, header] of Object.entries(cases)) {
    it(`names ${JSON.stringify(name)} as RFC 6266 and RFC 8187 want it`, () => {
      assert.equal(contentDisposition(name), header);
    });
  }
});
