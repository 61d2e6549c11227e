import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { testFolder } from '../../services/kit/test-folder.ts';
import { keptSecret } from './kept-secret.ts';

const run = promisify(execFile);

/** Asks for the secret in a process that may write nothing (setrlimit(2)), as on a disk that is full. */
async function askedOnAFullDisk(file: string): Promise<string> {
  const ask = `import { keptSecret } from ${JSON.stringify(join(import.meta.dirname, 'kept-secret.ts'))};
    await keptSecret(process.env.SECRET_FILE).catch(error => console.log(error.code, error.path));`;
  const script = 'ulimit -f 0; "$0" --input-type=module-typescript -e "$1" | cat';
  const env = { ...process.env, SECRET_FILE: file };
  return (await run('bash', ['-c', script, process.execPath, ask], { env })).stdout;
}

describe('keptSecret', () => {
  it('is made once, for its owner alone', async test => {
    const file = join(await testFolder(test), 'password');
    const secret = await keptSecret(file);
    assert.match(secret, /^[0-9a-f]{48}$/);
    assert.equal(await keptSecret(file), secret);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('is never half of one: what a full disk did not take is made later', async test => {
    const file = join(await testFolder(test), 'password');
    assert.equal(await askedOnAFullDisk(file), `EFBIG ${file}\n`);
    assert.match(await keptSecret(file), /^[0-9a-f]{48}$/);
  });
});
