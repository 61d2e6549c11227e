/**
 * Brings the packages that package-lock.json names, so that `npm start`, `npm test` and `./parity` work from a fresh
 * clone. Plain JavaScript on purpose: it runs on whatever Node is there (>= 20) before the pinned one is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.parity-installed');
const lock = join(root, '.parity-installing');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

function fail(message) {
  process.stderr.write(`parity: ${message}\n`);
  process.exit(1);
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Node ${process.versions.node} is too old to install Parity; install Node 20 or newer.`);
}
if (process.platform !== 'linux' || process.arch !== 'x64') {
  fail(`Parity's laptop runs on Linux x86-64; this is ${process.platform} ${process.arch}.`);
}
function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** One at a time: two `npm ci` in one folder delete each other's files. False when somebody else is at it. */
function takeLock() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const owner = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : '');
    if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true });
    return false;
  }
}

function install() {
  process.stderr.write('parity: installing packages (npm ci), once …\n');
  // The installing npm runs on the machine's Node, older than what `engines` asks for; the pinned one comes with it.
  const args = ['ci', '--no-fund', '--no-audit', '--loglevel=error'];
  const done = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) fail('npm ci failed (see above); is a package registry reachable?');
  writeFileSync(stamp, wanted);
}

while (!isInstalled()) {
  if (!takeLock()) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    continue;
  }
  process.on('exit', () => rmSync(lock, { force: true }));
  if (!isInstalled()) install();
}
// `./parity` goes by this file's age; in somebody else's checkout it comes here each time.
try {
  utimesSync(stamp, new Date(), new Date());
} catch (error) {
  if (error.code !== 'EPERM') throw error;
}
