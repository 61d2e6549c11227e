import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Half of the time that a short command takes is the reading of modules; in the checkout nobody else writes the cache.
enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'parity-modules'));
const { runCli } = await import('./program.ts');
const { realWorld } = await import('./world.ts');

// `./parity logs | head` closes our stdout early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runCli(process.argv.slice(2), realWorld());
