import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { linkKeySet } from '../domain/link-key-set.ts';
import { parities } from '../domain/parity.ts';
import { isParityError } from '../domain/errors.ts';
import type { Configuration } from './configuration.ts';
import { check, synth, validate, type Workshop } from './engine/estate-commands.ts';
import { runProgram } from './engine/run-program.ts';
import { openTerraform } from './engine/terraform-program.ts';
import { ordinarySettings, type EstateSettings } from './stack.ts';
import { exampleConfiguration, resourcesOf, synthesized } from './testing/synthesized.ts';

const endpoint = (region: string) => `com.amazonaws.vpce.${region}.vpce-svc-0123456789abcdef0`;
const atlas = {
  kind: 'atlas',
  endpointService: endpoint('eu-central-1'),
  replicaEndpointService: endpoint('eu-west-1'),
} as const;

describe('terraform validate', { timeout: 600_000 }, () => {
  let folder: string;
  const told: string[] = [];
  const workshop = async (changes: Partial<Configuration> = {}): Promise<Workshop> => ({
    configuration: await exampleConfiguration(changes),
    folder,
    terraform: await openTerraform({ env: process.env, folder, run: runProgram, mirrorOnly: true }),
    tell: line => void told.push(line),
    width: 2,
  });
  const texts = async (stacks: readonly { name: string; folder: string }[]) =>
    new Map(
      await Promise.all(
        stacks.map(
          async stack => [stack.name, await readFile(join(stack.folder, 'cdk.tf.json'), 'utf8')] as const,
        ),
      ),
    );
  /** Validates the stacks that a variant makes otherwise than its environment's ordinary estate, and names them. */
  const validateVariant = async (changes: Partial<Configuration>, settings?: EstateSettings) => {
    const { environment = 'staging' } = changes;
    const ordinary = await texts(await synth(await workshop({ environment })));
    const variant = await workshop(changes);
    const stacks = await synth(variant, settings);
    const now = await texts(stacks);
    const others = stacks.filter(({ name }) => now.get(name) !== ordinary.get(name));
    await validate(variant, others);
    return others.map(({ name }) => name).sort();
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parity-check-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('has no error and no warning in any stack', async () => {
    const stacks = await check(await workshop());
    assert.equal(told.filter(line => line.endsWith(': valid')).length, stacks.length);
  });

  it('has none with Atlas and a NAT gateway per zone in production', async () => {
    const { network } = await exampleConfiguration();
    const nat = { ...network, nat: 'per-zone' } as const;
    const changes = { environment: 'production', database: atlas, network: nat } as const;
    assert.deepEqual(await validateVariant(changes), ['data', 'network']);
  });

  it('has none in the stages of a destroy', async () => {
    const changed = await validateVariant({}, { ...ordinarySettings, guarded: false });
    const all = [...parities.flatMap(parity => [`broker-${parity}`, `cluster-${parity}`])];
    assert.deepEqual(changed, [...all, 'data', 'delivery', 'edge', 'foundation'].sort());
  });

  it('finds the first keys of links in the form that services read', async () => {
    const versions = resourcesOf(await synthesized(), 'aws_secretsmanager_secret_version');
    const written = versions.find(({ name }) => name === 'first-links')?.block['secret_string_wo'];
    const random = 'ephemeral.aws_secretsmanager_random_password.links.random_password';
    const value = String(written).replaceAll(random, JSON.stringify('azAZ09zZ'.repeat(4)));
    const place = join(folder, 'links');
    await mkdir(place);
    await writeFile(join(place, 'main.tf.json'), JSON.stringify({ output: { links: { value } } }));
    const { terraform } = await workshop();
    await terraform.must(place, 'apply', '-auto-approve');
    linkKeySet.parse(JSON.parse(await terraform.must(place, 'output', '-raw', 'links')));
  });

  it('names the stack and the fault', async () => {
    const own = await workshop();
    const stacks = (await synth(own)).filter(({ name }) => name === 'foundation');
    const file = join(stacks[0]?.folder ?? '', 'cdk.tf.json');
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace('"enable_key_rotation"', '"enable_rotation"'),
    );
    await assert.rejects(
      validate(own, stacks),
      (error: unknown) =>
        isParityError(error, 'engine_failed') &&
        /^Not valid:\nfoundation: Extraneous JSON object property .*enable_rotation/s.test(error.message),
    );
  });
});
