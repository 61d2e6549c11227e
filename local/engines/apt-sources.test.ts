import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findDebianSource, parseDeb822, parseList } from './apt-sources.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

async function findIn(files: Record<string, string>): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-apt-'));
  try {
    await mkdir(join(folder, 'sources.list.d'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return (await findDebianSource(folder))?.uri;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('parseList', () => {
  it('reads address, suite, components and key', () => {
    assert.deepEqual(
      parseList(`deb [arch=amd64 signed-by=${keyring}] http://m.example/debian trixie main contrib # x`),
      [
        {
          uri: 'http://m.example/debian',
          suites: ['trixie'],
          components: ['main', 'contrib'],
          signedBy: keyring,
        },
      ],
    );
  });
  it('passes over comments and source packages', () => {
    assert.deepEqual(parseList('# deb http://a/debian sid main\ndeb-src http://b/debian sid main\n\n'), []);
  });
});

describe('parseDeb822', () => {
  it('reads every address of every stanza', () => {
    const text = `# c\nTypes: deb deb-src\nURIs: http://a/debian\n http://b/debian\nSuites: sid sid-updates\nComponents: main\nSigned-By: ${keyring}\n\nTypes: deb\nURIs: http://c/\nSuites: x\nComponents: y\n`;
    assert.deepEqual(
      parseDeb822(text).map(({ uri, suites, signedBy }) => [uri, suites, signedBy]),
      [
        ['http://a/debian', ['sid', 'sid-updates'], ` ${keyring}`.trim()],
        ['http://b/debian', ['sid', 'sid-updates'], keyring],
        ['http://c/', ['x'], undefined],
      ],
    );
  });
  it('keeps a key that is written into the file, line by line', () => {
    const key = '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQI\n -----END PGP PUBLIC KEY BLOCK-----';
    const [source] = parseDeb822(
      `Types: deb\nURIs: http://a/debian\nSuites: sid\nComponents: main\nSigned-By:${key}\n`,
    );
    assert.equal(source?.signedBy, key);
  });
  it('passes over what is disabled', () => {
    assert.deepEqual(
      parseDeb822('Enabled: no\nTypes: deb\nURIs: http://a/debian\nSuites: sid\nComponents: main'),
      [],
    );
  });
});

describe('findDebianSource', () => {
  const foreign = 'deb [signed-by=/usr/share/keyrings/other.gpg] https://other.example/apt bookworm main';
  const stanza = (uri: string, suites: string) =>
    `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\n`;

  it('finds the main archive among others in deb822 files', async () => {
    const debian =
      stanza('http://m/debian-security', 'bookworm-security') + '\n' + stanza('http://m/debian', 'bookworm');
    const files = { 'sources.list.d/a.list': foreign, 'sources.list.d/debian.sources': debian };
    assert.equal(await findIn(files), 'http://m/debian');
  });
  it('finds it in the old sources.list', async () => {
    assert.equal(
      await findIn({ 'sources.list': `${foreign}\ndeb http://m/debian/ trixie main` }),
      'http://m/debian/',
    );
  });
  it('finds a snapshot and a list of mirrors', async () => {
    const snapshot = 'http://s/archive/debian/20260101T000000Z';
    assert.equal(await findIn({ 'sources.list': `deb ${snapshot} sid main` }), snapshot);
    const mirrors = 'mirror+file:///etc/apt/mirrors/debian.list';
    assert.equal(await findIn({ 'sources.list.d/debian.sources': stanza(mirrors, 'trixie') }), mirrors);
  });
  it('finds none on other systems', async () => {
    assert.equal(
      await findIn({ 'sources.list': 'deb http://archive.example/ubuntu noble main\n' + foreign }),
      undefined,
    );
    assert.equal(await findIn({}), undefined);
  });
});
