import { chmod, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a Debian root is being unpacked, and where it will lie: the shims name the latter. */
export interface RootFolders {
  readonly folder: string;
  readonly target: string;
}

const libraries = 'usr/lib/x86_64-linux-gnu';

/** Where the programs look for their libraries; pg_documentdb.so wants PostgreSQL's own folder too. */
const libraryPath = [libraries, `${libraries}/blas`, `${libraries}/lapack`, 'usr/lib/postgresql/18/lib'];

/** Every ELF program that runs, as patterns below the root. */
const programs = [
  'usr/lib/postgresql/18/bin/{postgres,initdb,psql}',
  'usr/lib/erlang/erts-*/bin/{beam.smp,erlexec,erl_child_setup,inet_gethost}',
  'usr/bin/prometheus',
];

/**
 * Makes an unpacked root run where it lies, without root rights or namespaces, beside whatever C library the machine
 * has: every program becomes `<program>.bin` behind a script that starts it through the root's own dynamic loader. The
 * script keeps the program's place, from which PostgreSQL finds its share folder.
 */
export async function writeShims({ folder, target }: RootFolders): Promise<void> {
  for await (const program of glob(programs, { cwd: folder })) {
    const file = join(folder, program);
    await rename(file, `${file}.bin`);
    await writeFile(file, shim(target, program));
    await chmod(file, 0o755);
  }
  const erl = join(folder, 'usr/lib/erlang/bin/erl');
  const text = await readFile(erl, 'utf8');
  await writeFile(
    erl,
    text.replaceAll('ROOTDIR=/usr/lib/erlang', `ROOTDIR="${join(target, 'usr/lib/erlang')}"`),
  );
  // What PostGIS's maintainer script does through the alternatives system.
  const extensions = join(folder, 'usr/share/postgresql/18/extension');
  await symlink('postgis-3.control', join(extensions, 'postgis.control'));
}

function shim(root: string, program: string): string {
  const path = join(root, program);
  const loader = join(root, libraries, 'ld-linux-x86-64.so.2');
  const folders = libraryPath.map(folder => join(root, folder)).join(':');
  return `#!/bin/sh\nexec '${loader}' --library-path '${folders}' --argv0 '${path}' '${path}.bin' "$@"\n`;
}
