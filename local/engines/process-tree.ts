import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since boot (proc_pid_stat(5), field 22). */
  readonly startedAt: string;
}

interface ProcessStat extends ProcessIdentity {
  readonly parent: number;
}

const pollMs = 10;

/** The living process `root` and everything it has started, directly or not; empty when it is gone. */
export async function processTree(root: number): Promise<ProcessIdentity[]> {
  return withDescendants(({ pid }) => pid === root);
}

async function withDescendants(isRoot: (process: ProcessIdentity) => boolean): Promise<ProcessIdentity[]> {
  const all = await livingProcesses();
  const tree = new Set(all.filter(isRoot));
  // A set is walked in the order of insertion, what is added on the way included.
  for (const member of tree) for (const each of all) if (each.parent === member.pid) tree.add(each);
  return [...tree];
}

/** Those of `processes` that still live; zombies do not. */
export async function stillLiving(processes: readonly ProcessIdentity[]): Promise<ProcessIdentity[]> {
  const stats = await Promise.all(processes.map(({ pid }) => readStat(pid)));
  return processes.filter((process, index) => stats[index]?.startedAt === process.startedAt);
}

/** SIGKILLs the given processes and what they have started, and waits until every one is gone. */
export async function killAll(processes: readonly ProcessIdentity[]): Promise<void> {
  let known = processes;
  do {
    const starts = new Map(known.map(({ pid, startedAt }) => [pid, startedAt]));
    known = await withDescendants(({ pid, startedAt }) => starts.get(pid) === startedAt);
    for (const { pid } of known) signal(pid, 'SIGKILL');
    if (known.length > 0) await pause(pollMs);
  } while (known.length > 0);
}

/** The processes that have `folder` as their working directory and that we are allowed to see. */
export async function processesIn(folder: string): Promise<ProcessIdentity[]> {
  const all = await livingProcesses();
  const folders = await Promise.all(
    all.map(({ pid }) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)),
  );
  return all.filter((_, index) => folders[index] === folder);
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function livingProcesses(): Promise<ProcessStat[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map(pid => readStat(Number(pid))));
  return stats.filter(stat => stat !== undefined);
}

async function readStat(pid: number): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The program's name, in brackets, may hold spaces and brackets itself: count from the last one.
  const [state, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (!state || state === 'Z' || state === 'X') return undefined;
  return { pid, parent: Number(parent), startedAt: rest[17] ?? '' };
}

/** True while there is such a process, also one of somebody else. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
