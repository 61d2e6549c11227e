import { readFile } from 'node:fs/promises';

/** Linux reports CPU time to programs in hundredths of a second on every architecture (USER_HZ, proc_pid_stat(5)). */
const msPerTick = 10;

/** CPU time in ms, user and system of all threads, from the text of `/proc/<pid>/stat` (fields 14 and 15). */
export function cpuMsOf(stat: string): number {
  // The program's name, in brackets, may hold spaces and brackets itself: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

/** Resident memory in bytes, from the text of `/proc/<pid>/status`. */
export function residentBytesOf(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** CPU time that a process has taken so far, in ms; of one that is given by URL (no pid) none is known: 0. */
export async function cpuMs(pid: number | undefined): Promise<number> {
  return pid === undefined ? 0 : cpuMsOf(await readFile(`/proc/${pid}/stat`, 'utf8'));
}

/** Resident memory of a process, in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  return residentBytesOf(await readFile(`/proc/${pid}/status`, 'utf8'));
}
