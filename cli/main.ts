import { runCli } from './program.ts';
import { realWorld } from './world.ts';

// `./parity logs | head` closes our stdout early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runCli(process.argv.slice(2), realWorld());
