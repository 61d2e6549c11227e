import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isParityError } from '../../domain/errors.ts';
import { maxKeyAgeMs, openKeyFile, recheckAfterMs } from './key-file.ts';
import { silentLog, type Log } from './logger.ts';
import { manualClock } from './manual-clock.ts';
import { testFolder } from './test-folder.ts';

const parse = (text: string) => {
  if (!text.startsWith('key')) throw new TypeError('no key');
  return text;
};

async function opened(test: TestContext) {
  const path = join(await testFolder(test), 'keys');
  await writeFile(path, 'key 1');
  const clock = manualClock();
  // The file is looked at behind our back; that it was is only said by the log.
  let looked = Promise.withResolvers<void>();
  const tell = () => looked.resolve();
  const log: Log = { ...silentLog, info: tell, warn: tell };
  const file = await openKeyFile({ path, parse, clock, log });
  const look = async () => {
    looked = Promise.withResolvers();
    clock.advance(recheckAfterMs);
    file.current();
    await looked.promise;
  };
  return { path, clock, file, look };
}

describe('openKeyFile', () => {
  it('refuses a file that cannot be used, by its name and with what is wrong', async test => {
    const folder = await testFolder(test);
    const path = join(folder, 'none');
    await assert.rejects(openKeyFile({ path, parse, clock: manualClock(), log: silentLog }), error => {
      assert.ok(isParityError(error, 'invalid_configuration'));
      assert.equal(
        error.message,
        `The key file ${path} cannot be used: it, or what it points to, is not there (ENOENT). Bring it back, or choose another place.`,
      );
      return true;
    });
    await writeFile(path, 'nonsense');
    await assert.rejects(openKeyFile({ path, parse, clock: manualClock(), log: silentLog }), {
      code: 'invalid_configuration',
      message: `The key file ${path} does not hold the keys that belong there: put back one that does.`,
    });
  });

  it('reads a file again that was rewritten', async test => {
    const { path, file, look } = await opened(test);
    assert.equal(file.current(), 'key 1');
    await writeFile(path, 'key 2 and more');
    await look();
    assert.equal(file.current(), 'key 2 and more');
  });

  it('has an impatient caller wait for a look, but not for one just after another', async test => {
    const { path, clock, file } = await opened(test);
    await writeFile(path, 'key 2 and more');
    assert.equal(await file.afterLook(), 'key 1');
    clock.advance(recheckAfterMs);
    assert.equal(await file.afterLook(), 'key 2 and more');
  });

  it('keeps the old keys while the file is broken or away, and takes the new ones after that', async test => {
    const { path, file, look } = await opened(test);
    await writeFile(path, 'nonsense');
    await look();
    assert.equal(file.current(), 'key 1');
    await rm(path);
    await look();
    assert.equal(file.current(), 'key 1');
    await writeFile(path, 'key 3');
    await look();
    assert.equal(file.current(), 'key 3');
  });

  it('goes on with good keys that nobody asked for in a long time', async test => {
    const { clock, file } = await opened(test);
    clock.advance(10 * maxKeyAgeMs);
    assert.equal(file.current(), 'key 1');
  });

  it('gives out no keys that could not be read again for an hour', async test => {
    const { path, clock, file, look } = await opened(test);
    await rm(path);
    await look();
    clock.advance(maxKeyAgeMs + 1);
    assert.throws(
      () => file.current(),
      error => {
        assert.ok(isParityError(error, 'keys_unavailable'));
        assert.equal(error.message, 'The keys that this needs could not be read for too long: repeat later.');
        return true;
      },
    );
  });
});
