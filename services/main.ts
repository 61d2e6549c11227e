import { isParityError } from '../domain/errors.ts';
import { readConfig } from './kit/config.ts';
import { startServices } from './start-services.ts';

/** Prints one line that says why this process cannot go on; its supervisor decides about another. */
function fail(error: unknown): never {
  const text = isParityError(error)
    ? `${error.code}: ${error.message}`
    : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

// Calls on files under way at once, read by libuv at the first of them. Node's own four keep a processor waiting: a small
// document is eight calls, each a round trip where the file system is a server.
process.env['UV_THREADPOOL_SIZE'] ??= '16';

process.on('uncaughtException', fail).on('unhandledRejection', fail);

try {
  const services = await startServices(readConfig(process.env));
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= services.stop().then(({ failed, unfinished }) => {
      process.exit(failed.length + unfinished.length === 0 ? 0 : 1);
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
} catch (error) {
  fail(error);
}
