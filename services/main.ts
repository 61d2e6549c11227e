import { callsAtOnce } from './kit/bounded-files.ts';
import { readConfig } from './kit/config.ts';
import { endByFault } from './kit/end-by-fault.ts';
import { startServices } from './start-services.ts';

// Read by libuv at the first call on a file: a thread for each call that spool and vault may have begun, and Node's own
// four for everything else.
process.env['UV_THREADPOOL_SIZE'] ??= String(2 * callsAtOnce + 4);

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
