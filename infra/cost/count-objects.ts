import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SynthesizedStack } from '../engine/stages.ts';

const stackSchema = z.looseObject({
  resource: z.record(z.string(), z.record(z.string(), z.looseObject({}))).default({}),
});

/** A block of a stack, as far as its price depends on it. */
type Block = Readonly<Record<string, unknown>>;

/** What the stacks make: blocks by type. */
export type Objects = ReadonlyMap<string, readonly Block[]>;

/** Reads what synthesized stacks make, so that nobody counts by hand what the code already says. */
export async function countObjects(stacks: readonly SynthesizedStack[]): Promise<Objects> {
  const objects = new Map<string, Block[]>();
  for (const { folder } of stacks) {
    const text = await readFile(join(folder, 'cdk.tf.json'), 'utf8');
    for (const [type, blocks] of Object.entries(stackSchema.parse(JSON.parse(text)).resource)) {
      objects.set(type, [...(objects.get(type) ?? []), ...Object.values(blocks)]);
    }
  }
  return objects;
}
