import { createRequire } from 'node:module';
import { synthesized } from './synthesized.ts';

/** Prints every synthesized stack, and which core made it, for a test that runs this twice. */
const { name } = createRequire(import.meta.url)('cdktf/package.json') as { name: string };
process.stdout.write(JSON.stringify({ core: name, stacks: Object.fromEntries(await synthesized()) }));
