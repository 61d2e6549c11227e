import { readConfig } from './kit/config.ts';
import { endByFault } from './kit/end-by-fault.ts';
import { filesAtOnce } from './kit/files-at-once.ts';
import { startServices } from './start-services.ts';

// Read by libuv at the first call on a file.
process.env['UV_THREADPOOL_SIZE'] ??= String(filesAtOnce);

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
