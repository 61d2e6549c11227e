import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { crc32 } from 'node:zlib';
import { documentStates } from '../../domain/document.ts';
import { parseRelease } from '../../domain/release.ts';
import { testFolder } from '../kit/test-folder.ts';
import { readEverything } from './read-everything.ts';
import { writeEverything } from './write-everything.ts';

const [r41, r42] = [parseRelease('41'), parseRelease('42')];

interface Left {
  documents: Record<string, { id: string; messages: string[]; facts: Record<string, unknown> }>;
  link: { token: string; id: string };
  names: { facts: Record<string, unknown>; sources: Record<string, string> };
  rows: Record<string, Record<string, unknown>[]>;
}

/** What release 41 left behind, broken in one place, as 42 finds it. */
async function found(test: TestContext, written: string, spoil: (folder: string) => Promise<void>) {
  const folder = join(await testFolder(test), 'left');
  await cp(written, folder, { recursive: true });
  await spoil(folder);
  return readEverything(folder, r42);
}

/** Changes the list of what was left. */
const inList = (change: (left: Left) => void) => async (folder: string) => {
  const path = join(folder, 'left-behind.json');
  const left = JSON.parse(await readFile(path, 'utf8')) as Left;
  change(left);
  await writeFile(path, JSON.stringify(left));
};

const rowOf = (left: Left, name: string) =>
  left.rows['documents']?.find(row => row['document'] === left.documents[name]?.id) ?? {};

/** Changes the manifest of a spool file, as another release would have written it. */
const inManifest =
  (name: string, change: (manifest: Record<string, unknown>) => void) => async (folder: string) => {
    const list = JSON.parse(await readFile(join(folder, 'left-behind.json'), 'utf8')) as Left;
    const id = list.documents[name]?.id ?? '';
    const path = join(folder, 'spool', 'documents', id.slice(-1), id);
    const file = await readFile(path);
    const footer = file.subarray(-24);
    const payloadBytes = Number(footer.readBigUInt64BE(16));
    const manifest = JSON.parse(file.subarray(payloadBytes, -24).toString('utf8')) as Record<string, unknown>;
    change(manifest);
    const body = Buffer.from(JSON.stringify(manifest));
    footer.writeUInt32BE(body.length, 8);
    footer.writeUInt32BE(crc32(body), 12);
    await writeFile(path, Buffer.concat([file.subarray(0, payloadBytes), body, footer]));
  };

/** Changes every vault file. */
const inVault = (change: (path: string) => Promise<void>) => async (folder: string) => {
  for (const name of await readdir(join(folder, 'vault'), { recursive: true })) {
    if (name.includes('.')) await change(join(folder, 'vault', name));
  }
};

const message = (change: (body: Record<string, unknown>) => void, name = 'waiting') =>
  inList(left => {
    const [payload = '{}'] = left.documents[name]?.messages ?? [];
    const body = JSON.parse(payload) as Record<string, unknown>;
    change(body);
    left.documents[name]?.messages.splice(0, 1, JSON.stringify(body));
  });

describe('the neighbour contract', () => {
  let written = '';
  before(async () => {
    written = await mkdtemp(join(tmpdir(), 'parity-contract-'));
    await writeEverything(written, r41);
  });
  after(() => rm(written, { recursive: true }));

  it('holds between a release and itself, in both orders of their numbers', async test => {
    assert.deepEqual(await found(test, written, async () => {}), []);
    const folder = join(await testFolder(test), 'left');
    await cp(written, folder, { recursive: true });
    assert.deepEqual(await readEverything(folder, parseRelease('40')), []);
  });

  it('leaves documents in every state that lasts, but for those that nobody can bring about yet', async () => {
    const left = JSON.parse(await readFile(join(written, 'left-behind.json'), 'utf8')) as Left;
    const states = new Set(Object.values(left.documents).map(({ facts }) => facts['state']));
    const missing = documentStates.filter(state => !states.has(state));
    assert.deepEqual(missing, ['storing', 'corrupt', 'deleted']);
  });

  it('does not mind what is added', async test => {
    const spoil = async (folder: string) => {
      await inManifest('waiting', manifest => (manifest['pages'] = 3))(folder);
      await inList(left => {
        rowOf(left, 'stored')['pages'] = 3;
        Object.assign(left.documents['stored']?.facts ?? {}, { pages: 3 });
      })(folder);
    };
    assert.deepEqual(await found(test, written, spoil), []);
  });

  const breaks: [what: string, spoil: (folder: string) => Promise<void>, fault: string, why: RegExp][] = [
    [
      'a message’s schema version',
      message(body => (body['schema'] = 2)),
      'messages of waiting',
      /schema version/,
    ],
    ['a message’s field', message(body => delete body['generation']), 'messages of waiting', /generation/],
    ['a message’s kind', message(body => (body['kind'] = 'document.seen')), 'messages of waiting', /kind/],
    ['a stored message', message(body => (body['id'] = 1), 'settled'), 'messages of settled', /id/],
    [
      'a manifest’s owner',
      inManifest('waiting', m => (m['owner'] = 'otto')),
      'document waiting',
      /owner is driver of/,
    ],
    [
      'a manifest without owner',
      inManifest('waiting', m => delete m['owner']),
      'document waiting',
      /no such document/,
    ],
    [
      'a manifest’s schema version',
      inManifest('stored', m => (m['schema'] = 2)),
      'document stored',
      /spool is payload/,
    ],
    [
      'a manifest’s hash',
      inManifest('waiting', m => (m['sha256'] = '0'.repeat(64))),
      'repeat of waiting',
      /other bytes/,
    ],
    [
      'a receipt’s fate',
      inManifest('rejected', m => (m['settled'] = { state: 'eaten' })),
      'document rejected',
      /spool is/,
    ],
    [
      'a row’s state',
      inList(left => (rowOf(left, 'parked')['state'] = 'resting')),
      'document parked',
      /state is parked/,
    ],
    [
      'a row’s wrapped key',
      inList(left => delete rowOf(left, 'stored')['wrappedKey']),
      'document stored',
      /url is/,
    ],
    ['a row’s file', inList(left => delete rowOf(left, 'notified')['file']), 'document notified', /url is/],
    [
      'a row’s owner',
      inList(left => (rowOf(left, 'stored')['owner'] = 'otto')),
      'document stored',
      /wrapped key does not open/,
    ],
    [
      'a row’s hash',
      inList(left => (rowOf(left, 'settled')['sha256'] = '0'.repeat(64))),
      'document settled',
      /sha256 is/,
    ],
    [
      'the key of rows',
      inList(left => left.rows['documents']?.forEach(row => (row['_id'] = `v1/${row['document']}`))),
      'document stored',
      /state is stored/,
    ],
    ['a kind of rows', inList(left => (left.rows['pages'] = [])), 'rows', /pages/],
    [
      'a push’s state',
      inList(left => left.rows['ledger']?.forEach(row => (row['state'] = 'away'))),
      'document notified',
      /pushed is sent/,
    ],
    [
      'the ledger’s key',
      inList(left => left.rows['ledger']?.forEach(row => (row['_id'] = `p${row['_id']}`))),
      'messages of told-by-the-dead',
      /^its owner is told again$/,
    ],
    ['a link', inList(left => (left.link.token = left.link.token.slice(0, -4))), 'link', /not valid/],
    ['the link keys', folder => rm(join(folder, 'keys', 'links.json')), 'link', /not valid/],
    ['the master key', folder => rm(join(folder, 'keys', 'master.json')), 'document stored', /./],
    ['the vault’s bytes', inVault(path => writeFile(path, 'x')), 'document stored', /damaged/],
    ['the vault’s names', inVault(path => rename(path, `${path}.v2`)), 'document stored', /missing/],
    [
      'a derived id',
      inList(left => (left.names.facts['document'] = 'x')),
      'names',
      /document is x, and is read as/,
    ],
    ['the queues’ names', inList(left => (left.names.facts['accepted'] = 'x')), 'names', /accepted is x/],
    [
      'a document’s id',
      inList(left => Object.assign(left.documents['waiting'] ?? {}, { key: 'k' })),
      'repeat of waiting',
      /another document/,
    ],
    ['a stray', inList(left => (left.rows['strays'] = [{ _id: 'a', revision: 1 }])), 'strays', /./],
  ];
  for (const [what, spoil, fault, why] of breaks) {
    it(`finds and names ${what} when it is another`, async test => {
      const faults = await found(test, written, spoil);
      const named = faults.find(({ what: name }) => name === fault);
      assert.ok(named !== undefined, JSON.stringify(faults));
      assert.match(named.why, why);
    });
  }
});
