import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { assertionsOf, withoutEphemerals, writeAssertions } from './assertions/write-assertions.ts';
import { runProgram } from './engine/run-program.ts';
import { inParallel, type SynthesizedStack as Place } from './engine/stages.ts';
import { synthesize } from './engine/synthesize.ts';
import { openTerraform, type TerraformProgram } from './engine/terraform-program.ts';
import { exampleConfiguration, synthesized, type SynthesizedStack } from './testing/synthesized.ts';

/** What the issue asks for at least. */
const promisedAssertions = 60;

describe('the laws of the estate, asked of Terraform with a mocked provider', { timeout: 600_000 }, () => {
  let folder: string;
  let terraform: TerraformProgram;
  let places: readonly Place[];
  let stacks: ReadonlyMap<string, SynthesizedStack>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parity-laws-'));
    terraform = await openTerraform({ env: process.env, folder, run: runProgram, mirrorOnly: true });
    const configuration = await exampleConfiguration();
    places = await synthesize(folder, configuration);
    stacks = await synthesized();
    for (const place of places) {
      const file = join(place.folder, 'cdk.tf.json');
      await writeFile(file, withoutEphemerals(await readFile(file, 'utf8')));
      const stack = stacks.get(place.name);
      assert.ok(stack !== undefined);
      await writeFile(
        join(place.folder, 'laws.tftest.hcl'),
        writeAssertions(place.name, stack, configuration),
      );
    }
  });
  after(() => rm(folder, { recursive: true }));

  it(`are at least ${promisedAssertions}, and every law meets something`, () => {
    const all = [...stacks].flatMap(([name, stack]) => assertionsOf(name, stack));
    assert.ok(all.length >= promisedAssertions, `${all.length} assertions`);
  });

  it('hold in every stack', async () => {
    const failures: string[] = [];
    await inParallel(places, 2, async ({ name, folder: at }) => {
      await terraform.initOffline(at);
      const { code, stdout, stderr } = await terraform.run(at, 'test', '-no-color');
      if (code !== 0) failures.push(`${name}:\n${stdout}${stderr}`);
    });
    assert.deepEqual(failures, []);
  });
});
