import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { moduleCacheOf } from '../local/supervisor/module-cache.ts';

enableCompileCache(moduleCacheOf(join(import.meta.dirname, '..')));
await import('./light-zod.ts');
const { runCli } = await import('./program.ts');
const { endWithReader } = await import('./stop-signals.ts');
const { realWorld } = await import('./world.ts');

endWithReader(process.stdout);
// A terminal that is closed, or a `tee` that the same Ctrl-C ended: whoever stops in order must not die of telling it.
process.stderr.on('error', () => {});

process.exitCode = await runCli(process.argv.slice(2), realWorld());
