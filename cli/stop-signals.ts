import { killAll, processTree } from '../local/engines/process-tree.ts';

/** npm forwards no SIGKILL: its children learn of its death by having another parent. */
const parentPollMs = 500;

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
  const forget = () => signals.forEach(signal => process.off(signal, once));
  const once = () => {
    forget();
    leave();
  };
  signals.forEach(signal => process.on(signal, once));
  return forget;
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

/** Kills everything that this process has started, and exits with 130, as shells do after a Ctrl-C. */
async function endAtOnce(): Promise<never> {
  const ours = (await processTree(process.pid)).filter(({ pid }) => pid !== process.pid);
  await killAll(ours);
  process.exit(130);
}
