import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { recordIn } from '../domain/record-in.ts';
import { openControl } from '../local/control/control-server.ts';
import { fakeHandlers } from '../local/control/fake-handlers.ts';
import { fakeStatus } from '../local/control/fake-status.ts';
import { statePaths } from '../local/state/state-paths.ts';

/** Has a process say at its end what it has loaded of that which takes long to load. */
const sayLoaded = `
  import { registerHooks } from 'node:module';
  const files = [];
  registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
  process.on('exit', () => {
    const http = process.moduleLoadList.includes('NativeModule http');
    const zod = files.some(url => url.includes('/zod/'));
    process.stderr.write(JSON.stringify({ files: files.length > 0, http, zod }));
  });`;

describe('parity, as a process', () => {
  it('goes on to its end, and exits as it should, when nobody reads its stderr any more', async () => {
    const args = [join(import.meta.dirname, 'main.ts'), 'statsu'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.destroy();
    assert.deepEqual(await once(child, 'exit'), [2, null]);
  });

  it('ends quietly when nobody reads its stdout any more', async () => {
    const args = [join(import.meta.dirname, 'main.ts'), '--help'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [said, ended] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    assert.deepEqual([said, ended], ['', [0, null]]);
  });

  it('shows what a terminal would obey', async () => {
    const args = [join(import.meta.dirname, 'main.ts'), '\u001b[2J'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    assert.match(await text(child.stderr), /^parity: unknown command '\\u001b\[2J'/);
  });

  it('takes a state folder from where it is run, for whoever it starts works elsewhere', async context => {
    const root = await mkdtemp(join(tmpdir(), 'parity-main-'));
    context.after(() => rm(root, { recursive: true }));
    await writeFile(join(root, 'state'), 'no folder');
    const args = [join(import.meta.dirname, 'main.ts'), 'logs', 'odd'];
    const child = spawn(process.execPath, args, { cwd: root, env: { PARITY_STATE: 'state' } });
    const said = await text(child.stderr);
    assert.ok(said.startsWith(`parity: ${join(root, 'state', 'logs', 'odd.log.1')} cannot be used: `), said);
  });

  it('loads neither HTTP nor zod for a status', async context => {
    const root = await mkdtemp(join(tmpdir(), 'parity-main-'));
    context.after(() => rm(root, { recursive: true }));
    const nothing = { keeper: undefined, queued: {} };
    const look = async () => ({
      ...{ status: fakeStatus, record: recordIn('settled'), operator: undefined, dns: undefined },
      releases: { odd: nothing, even: nothing },
    });
    const control = await openControl(statePaths(root), fakeHandlers({ look }));
    context.after(() => control.close());
    const loading = `data:text/javascript,${encodeURIComponent(sayLoaded)}`;
    const args = ['--import', loading, join(import.meta.dirname, 'main.ts'), 'status'];
    const child = spawn(process.execPath, args, { env: { PARITY_STATE: root } });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    assert.match(out, /^Release 41 is live on odd/);
    assert.deepEqual(JSON.parse(err), { files: true, http: false, zod: false });
  });
});
