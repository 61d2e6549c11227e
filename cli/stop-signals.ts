import { killAll, processTree } from '../local/engines/process-tree.ts';

/** npm forwards no SIGKILL: its children learn of its death by having another parent. */
const parentPollMs = 500;

/** Who stops in order when it is asked to; to be asked once more changes nothing. */
const stopping = new Set<() => void>();

/** A terminal sends Ctrl-C to npm and to us, and npm hands it on: what comes so soon after the first is the same one. */
const sameRequestMs = 1_000;

/**
 * Resolves when this process is asked to stop: by Ctrl-C, SIGTERM, the terminal's end, or, under `npm start`, by the
 * death of npm. Asked again, everything is ended at once.
 */
export function untilAskedToStop(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let [asked, askedAgain] = [false, false];
  const ask = () => {
    if (!asked) setTimeout(() => (askedAgain = true), sameRequestMs).unref();
    asked = true;
    resolve();
  };
  stopping.add(ask);
  const onSignal = () => (askedAgain ? void endAtOnce() : ask());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  if (env['npm_lifecycle_event'] === 'start') watchParent(ask);
  return promise;
}

/**
 * Has `leave` called at the first Ctrl-C or SIGTERM, so that what runs can end in order; the second one ends it at once.
 * Gives back how to stop listening.
 */
export function onceInterrupted(leave: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  let left = false;
  const once = () => {
    signals.forEach(signal => process.off(signal, once));
    if (!left) leave();
    left = true;
  };
  stopping.add(once);
  signals.forEach(signal => process.on(signal, once));
  return () => {
    stopping.delete(once);
    signals.forEach(signal => process.off(signal, once));
  };
}

/**
 * Has this process end with whoever reads its stdout: what stops in order is asked to, as by a Ctrl-C, and everything
 * else ends at once. `./parity logs | head` closes it early, which is no failure.
 */
export function endWithReader(stdout: NodeJS.WritableStream): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    stopping.forEach(ask => ask());
    if (stopping.size > 0) return;
    if (error.code !== 'EPIPE') process.exitCode = 1;
    process.exit();
  });
}

function watchParent(onDeath: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    onDeath();
  }, parentPollMs);
  watch.unref();
}

/** Ends everything at once if this process is still there after so long. */
export function endAtOnceAfter(ms: number): void {
  setTimeout(() => void endAtOnce(), ms).unref();
}

/** Kills everything that this process has started, and exits: as failed if it has, or with 130, as after a Ctrl-C. */
async function endAtOnce(): Promise<never> {
  const ours = (await processTree(process.pid)).filter(({ pid }) => pid !== process.pid);
  await killAll(ours);
  process.exit(process.exitCode || 130);
}
