import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { buildEstate } from '../build-estate.ts';
import type { Configuration } from '../configuration.ts';
import type { EstateSettings } from '../stack.ts';
import type { SynthesizedStack } from './stages.ts';

const manifestSchema = z.looseObject({
  stacks: z.record(
    z.string(),
    z.looseObject({ name: z.string(), workingDirectory: z.string(), dependencies: z.array(z.string()) }),
  ),
});

/** Writes every stack as Terraform's JSON below `folder` and tells where, and which needs which. */
export async function synthesize(
  folder: string,
  configuration: Configuration,
  settings?: EstateSettings,
): Promise<SynthesizedStack[]> {
  await mkdir(folder, { recursive: true });
  buildEstate(folder, configuration, settings).synth();
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  return Object.values(manifest.stacks).map(({ name, workingDirectory, dependencies }) => ({
    name,
    folder: join(folder, workingDirectory),
    dependencies,
  }));
}
