import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { ParityError } from './errors.ts';
import { knownError, sayFileFault } from './file-fault.ts';

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('sayFileFault', () => {
  it('says to what it happened, why, and what to do', async () => {
    const folder = sayFileFault(await thrownBy(mkdir('/dev/null', { recursive: true })));
    assert.equal(
      folder,
      '/dev/null cannot be used: a file lies where a folder belongs (EEXIST). Move it away, or choose another place.',
    );
    const below = sayFileFault(await thrownBy(mkdir('/dev/null/below')));
    assert.match(
      below ?? '',
      /^\/dev\/null\/below cannot be used: a part of that path is no folder \(ENOTDIR\)\. /,
    );
    const long = sayFileFault(await thrownBy(readFile(`/${'x'.repeat(300)}`)));
    assert.match(
      long ?? '',
      /cannot be used: its name is too long \(ENAMETOOLONG\)\. Choose a shorter one\.$/,
    );
    const away = sayFileFault(await thrownBy(readFile('/nowhere/at/all')));
    assert.match(away ?? '', /^\/nowhere\/at\/all cannot be used: it, or what it points to, is not there/);
  });

  it('does without a path where the system gives none', async () => {
    assert.equal(
      sayFileFault(await thrownBy(writeFile('/dev/full', 'x'))),
      'A file cannot be used: its disk is full (ENOSPC). Make room (df -h and df -i show where it lacks).',
    );
  });

  it('says of too many open files the same, whatever was to be opened', () => {
    const refused = Object.assign(new TypeError('listen EMFILE'), {
      code: 'EMFILE',
      syscall: 'listen',
      address: '::',
    });
    assert.equal(
      sayFileFault(refused),
      'A file cannot be used: too many files are open (EMFILE). Raise the limit (ulimit -n).',
    );
  });

  it('has nothing to say of other errors', async () => {
    assert.equal(sayFileFault(new TypeError('x')), undefined);
    assert.equal(sayFileFault('ENOENT'), undefined);
    const [notStarted] = (await once(spawn('/nowhere/at/all'), 'error')) as [Error];
    assert.equal(sayFileFault(notStarted), undefined);
    const [noSocket] = (await once(connect('/nowhere/at/all'), 'error')) as [Error];
    assert.equal(sayFileFault(noSocket), undefined);
  });
});

describe('knownError', () => {
  it('gives ours as it is, and codes those of files', async () => {
    const ours = new ParityError('not_found', 'Nothing there.');
    assert.equal(knownError(ours), ours);
    const cause = await thrownBy(readFile('/nowhere/at/all'));
    const coded = knownError(cause);
    assert.deepEqual([coded?.code, coded?.cause], ['file_unavailable', cause]);
    assert.equal(coded?.message, sayFileFault(cause));
    assert.equal(knownError(new TypeError('x')), undefined);
  });
});
