import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { buildEstate } from '../build-estate.ts';
import { parseConfiguration, type Configuration } from '../configuration.ts';
import type { EstateSettings } from '../stack.ts';

type Block = Readonly<Record<string, unknown>>;

/** A stack as Terraform reads it. */
const stackSchema = z.looseObject({
  resource: z.record(z.string(), z.record(z.string(), z.looseObject({}))).default({}),
  data: z.record(z.string(), z.record(z.string(), z.looseObject({}))).default({}),
  output: z.record(z.string(), z.looseObject({ value: z.unknown() })).default({}),
});
export type SynthesizedStack = z.infer<typeof stackSchema>;

/** A configuration for tests: the repository's own, with `changes` laid over it. */
export async function exampleConfiguration(changes: Partial<Configuration> = {}): Promise<Configuration> {
  const file = join(import.meta.dirname, '..', 'environments', 'staging.json');
  const text = await readFile(file, 'utf8');
  return parseConfiguration(JSON.stringify({ ...JSON.parse(text), ...changes }), file);
}

/** Every stack of an estate, through `app.synth()`, for only that one writes the references between stacks. */
export async function synthesized(
  changes: Partial<Configuration> = {},
  settings?: EstateSettings,
): Promise<ReadonlyMap<string, SynthesizedStack>> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-synth-'));
  try {
    buildEstate(folder, await exampleConfiguration(changes), settings).synth();
    const names = await readdir(join(folder, 'stacks'));
    const read = async (name: string) =>
      stackSchema.parse(JSON.parse(await readFile(join(folder, 'stacks', name, 'cdk.tf.json'), 'utf8')));
    return new Map(await Promise.all(names.map(async name => [name, await read(name)] as const)));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One resource of a stack, with its type and its name. */
export interface Resource {
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  readonly block: Block;
}

/** Every resource, of one type if one is given. */
export function resourcesOf(stacks: ReadonlyMap<string, SynthesizedStack>, type?: string): Resource[] {
  return [...stacks].flatMap(([stack, { resource }]) =>
    Object.entries(resource).flatMap(([kind, blocks]) =>
      type !== undefined && kind !== type
        ? []
        : Object.entries(blocks).map(([name, block]) => ({ stack, type: kind, name, block })),
    ),
  );
}
