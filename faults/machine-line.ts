import { cpus, totalmem } from 'node:os';

/** The machine that figures were seen on, in one line; every command that prints figures prints it. */
export function machineLine(versions: Readonly<Record<string, string>> = {}): string {
  const processors = cpus();
  const gib = Math.round(totalmem() / 1024 ** 3);
  const known = Object.entries({ Node: process.versions.node, ...versions });
  return `machine: ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}, ${gib} GiB; ${known
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`;
}
