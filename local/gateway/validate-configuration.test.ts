import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { testFolder } from '../../services/kit/test-folder.ts';
import { configurationValidator } from './validate-configuration.ts';

/** A validator whose Envoy notes each time that it is asked, and refuses what says so. */
async function aValidator(test: TestContext) {
  const folder = await testFolder(test);
  const [program, asked] = [join(folder, 'envoy'), join(folder, 'asked')];
  const script = `#!/bin/sh\necho asked >> '${asked}'\n! grep -q refuse "$4" || { echo 'no such field' >&2; exit 1; }\n`;
  await writeFile(program, script, { mode: 0o755 });
  await appendFile(asked, '');
  const times = async () => (await readFile(asked, 'utf8')).split('\n').length - 1;
  return { validate: configurationValidator({ program, folder }), times, folder };
}

describe('configurationValidator', () => {
  it('asks Envoy about what is new, and not again about what it has accepted', async test => {
    const { validate, times } = await aValidator(test);
    for (const threshold of [0, 10, 50, 0, 10]) await validate({ threshold });
    assert.equal(await times(), 3);
  });

  it('asks once about what is asked for at once, and leaves nothing lying about that has keys in it', async test => {
    const { validate, times, folder } = await aValidator(test);
    await Promise.all([validate({ threshold: 1 }), validate({ threshold: 1 }), validate({ threshold: 2 })]);
    assert.equal(await times(), 2);
    assert.deepEqual((await readdir(folder)).toSorted(), ['asked', 'envoy']);
  });

  it('asks again about what was refused, and hands on the refusal', async test => {
    const { validate, times } = await aValidator(test);
    for (let time = 1; time <= 2; time += 1) {
      await assert.rejects(validate({ refuse: 'this' }), {
        code: 'gateway_refused',
        message: /no such field/,
      });
      assert.equal(await times(), time);
    }
  });
});
