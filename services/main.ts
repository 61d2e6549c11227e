import { readConfig } from './kit/config.ts';
import { endByFault } from './kit/end-by-fault.ts';
import { startServices } from './start-services.ts';

// Calls on files under way at once, read by libuv at the first of them. Node's own four keep a processor waiting: a small
// document is six calls, each a round trip where the file system is a server.
process.env['UV_THREADPOOL_SIZE'] ??= '16';

const fail = endByFault(process);

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
