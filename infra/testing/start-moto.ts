import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ParityError } from '../../domain/errors.ts';

/** A running moto. */
export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

/** Without credentials the SDK below moto asks the machine's metadata for some: nothing may leave loopback. */
const loopbackOnly = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ACCESS_KEY_ID: 'stand-in',
  AWS_SECRET_ACCESS_KEY: 'stand-in',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/**
 * Starts `moto_server` on a port of its own choice.
 * @throws ParityError `engine_missing` when it is not on PATH (PyPI: moto[server]).
 */
export async function startMoto(env: NodeJS.ProcessEnv): Promise<Moto> {
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], {
    env: { ...env, ...loopbackOnly, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true', PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.once('error', cause => {
      const message =
        'moto_server cannot be started; install it (pip install "moto[server]") and have it on PATH.';
      reject(new ParityError('engine_missing', message, { cause }));
    });
    child.once('exit', code =>
      reject(new ParityError('engine_failed', `moto_server ended (${code}):\n${said}`)),
    );
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-10_000);
      const running = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (running !== undefined) resolve(running);
    });
  });
  return {
    url,
    stop: async () => {
      child.removeAllListeners('exit');
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
