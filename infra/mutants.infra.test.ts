import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { harmless, mutants, mutate, type Mutant } from './assertions/mutants.ts';
import { withoutEphemerals, writeAssertions } from './assertions/write-assertions.ts';
import { runProgram } from './engine/run-program.ts';
import { inParallel } from './engine/stages.ts';
import { synthesize } from './engine/synthesize.ts';
import { openTerraform, type TerraformProgram } from './engine/terraform-program.ts';
import { openScanners, type Finding } from './testing/scanners.ts';
import { exampleConfiguration, synthesized, type SynthesizedStack } from './testing/synthesized.ts';

const promised = { broken: 40, caught: 38 } as const;

const nameOf = ({ stack, at, becomes }: Mutant) =>
  `${stack}/${at.join('.')} = ${JSON.stringify(becomes) ?? 'gone'}`;

describe('the gates', { timeout: 900_000 }, () => {
  let folder: string;
  let terraform: TerraformProgram;
  let stacks: ReadonlyMap<string, SynthesizedStack>;
  const text = (stack: string) => JSON.stringify(stacks.get(stack));
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parity-mutants-'));
    terraform = await openTerraform({ env: process.env, folder, run: runProgram, mirrorOnly: true });
    stacks = await synthesized();
  });
  after(() => rm(folder, { recursive: true }));

  it(`notice at least ${promised.caught} of ${promised.broken} secure settings that are broken`, async context => {
    assert.equal(mutants.length, promised.broken);
    const left = await leftByLaws(await leftByCheckov([...mutants, harmless]));
    assert.ok(left.includes(harmless), 'the gates refuse what is harmless');
    const unnoticed = left.filter(each => each !== harmless);
    for (const survivor of unnoticed) context.diagnostic(`survives: ${nameOf(survivor)}`);
    assert.ok(promised.broken - unnoticed.length >= promised.caught, unnoticed.map(nameOf).join('\n'));
  });

  /** One run over all mutants: each is a folder of its own, and noticed when it has a finding that the sound one has not. */
  async function leftByCheckov(all: readonly Mutant[]): Promise<Mutant[]> {
    const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
    const scanners = await openScanners(join(cache, 'parity', 'scanners'), process.env);
    const sound = [...stacks.keys()].map(name => [`sound-${name}`, text(name)] as const);
    const broken = all.map((each, at) => [`mutant-${at}`, mutate(text(each.stack), each)] as const);
    const findings = await scanners.checkov(new Map([...sound, ...broken]));
    const of = (name: string) => findings.filter(({ stack }) => stack === name).map(key);
    return all.filter((each, at) => {
      const before = new Set(of(`sound-${each.stack}`));
      return of(`mutant-${at}`).every(finding => before.has(finding));
    });
  }

  /** The laws of the mutant's stack, asked of Terraform. */
  async function leftByLaws(all: readonly Mutant[]): Promise<Mutant[]> {
    const configuration = await exampleConfiguration();
    const places = new Map(
      (await synthesize(folder, configuration)).map(place => [place.name, place.folder]),
    );
    for (const name of new Set(all.map(({ stack }) => stack))) {
      const stack = stacks.get(name);
      const place = places.get(name) ?? '';
      assert.ok(stack !== undefined);
      await writeFile(join(place, 'laws.tftest.hcl'), writeAssertions(name, stack, configuration));
      const file = join(place, 'cdk.tf.json');
      await writeFile(file, withoutEphemerals(await readFile(file, 'utf8')));
      await terraform.initOffline(place);
    }
    const survivors: Mutant[] = [];
    await inParallel([...all.entries()], 2, async ([at, each]) => {
      const place = join(folder, `mutant-${at}`);
      await cp(places.get(each.stack) ?? '', place, { recursive: true, verbatimSymlinks: true });
      const file = join(place, 'cdk.tf.json');
      await writeFile(file, mutate(await readFile(file, 'utf8'), each));
      if ((await terraform.run(place, 'test', '-no-color')).code === 0) survivors.push(each);
    });
    return survivors;
  }
});

const key = ({ check, resource }: Finding) => `${check} ${resource}`;
