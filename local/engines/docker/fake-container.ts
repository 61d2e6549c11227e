import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { z } from 'zod';

/** Only these fields may be sent, and all must be: what Docker ignores would be a setting that is not there. */
export const creation = z.strictObject({
  Image: z.string().regex(/^[a-z]+:[\w.-]+$/),
  Entrypoint: z.array(z.string()).min(1),
  Cmd: z.array(z.string()).min(1),
  Env: z.array(z.string().regex(/^\w+=/)),
  User: z.string().regex(/^\d+:\d+$/),
  OpenStdin: z.literal(true),
  StdinOnce: z.literal(true),
  AttachStdin: z.literal(true),
  AttachStdout: z.literal(true),
  AttachStderr: z.literal(true),
  ExposedPorts: z.record(z.string().regex(/^\d+\/tcp$/), z.strictObject({})),
  HostConfig: z.strictObject({
    AutoRemove: z.literal(true),
    PortBindings: z.record(
      z.string(),
      z.tuple([z.strictObject({ HostIp: z.literal('127.0.0.1'), HostPort: z.string().regex(/^\d+$/) })]),
    ),
    Mounts: z.tuple([
      z.strictObject({
        Type: z.literal('bind'),
        Source: z.string().startsWith('/'),
        Target: z.string().startsWith('/'),
      }),
    ]),
    SecurityOpt: z.tuple([z.literal('label=disable')]),
  }),
});

/** A container as the fake keeps it. */
export interface FakeContainer {
  readonly body: z.infer<typeof creation>;
  status: 'created' | 'running';
  attached?: Duplex;
  process?: ChildProcess;
  /** Resolves with its code when it is removed. */
  readonly removed: PromiseWithResolvers<number>;
}

/** Runs what the container is to run; it is gone when its first process ends. */
export function runContainer(
  found: FakeContainer,
  { attached, programs, remove }: { attached: Duplex; programs: string | undefined; remove: () => void },
): void {
  const { Entrypoint, Cmd, Env, HostConfig } = found.body;
  const [program = '', ...args] = [...Entrypoint, ...Cmd];
  const published = Object.values(HostConfig.PortBindings).map(([{ HostPort }]) => HostPort);
  const env = Object.fromEntries(Env.map(entry => entry.split(/=(.*)/s).slice(0, 2) as [string, string]));
  const child = spawn(program, args, {
    env: { ...env, PATH: `${programs ?? ''}:${process.env['PATH']}`, FAKE_PORTS: published.join() },
    detached: true,
  });
  Object.assign(found, { process: child, status: 'running' });
  attached.on('error', () => {}).pipe(child.stdin.on('error', () => {}));
  for (const [stream, output] of [child.stdout, child.stderr].entries()) {
    output.on('data', (chunk: Buffer) =>
      attached.write(Buffer.concat([frameHead(stream + 1, chunk.length), chunk])),
    );
  }
  child.once('exit', code => {
    endGroup(child, 'SIGKILL');
    remove();
    attached.destroy();
    found.removed.resolve(code ?? 137);
  });
}

function frameHead(stream: number, length: number): Buffer {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(length, 4);
  return head;
}

/** Signals all processes of a container; those that are gone already do not mind. */
export function endGroup(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  try {
    if (child?.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It is gone already.
  }
}
