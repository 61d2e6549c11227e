import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { aptFetch } from './apt-fetch.ts';
import { findDebianSource } from './apt-sources.ts';
import { engineCacheFolder } from './cache-folder.ts';
import { runToEnd } from './child.ts';
import type { Machine } from './engine.ts';
import { installOnce } from './install-once.ts';
import { requirePrograms } from './programs.ts';
import { writeShims } from './shims.ts';
import { isInRange } from './version-range.ts';
import type { VersionRange } from './version-range.ts';

/** RabbitMQ with Erlang, PostgreSQL with DocumentDB, and Prometheus, unpacked and ready to run. */
export interface DebianRoot {
  readonly folder: string;
  /** Debian package → version without its epoch, as recorded when it was installed. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What is taken from Debian sid, and which versions of it we know to work with: sid moves on. */
const wanted: Readonly<Record<string, VersionRange>> = {
  'rabbitmq-server': { from: '4.2', below: '5' },
  'postgresql-18': { from: '18', below: '19' },
  'postgresql-18-documentdb': { from: '1.0', below: '2' },
  prometheus: { from: '3.0', below: '4' },
};

/** Dependencies that only maintainer scripts, administrators and terminals need: a fifth of the whole. */
const pretended = [
  ...[
    'adduser',
    'debconf',
    'init-system-helpers',
    'logrotate',
    'procps',
    'socat',
    'ssl-cert',
    'systemd',
    'ucf',
  ],
  ...[
    'dirmngr',
    'fonts-dejavu-core',
    'fonts-dejavu-mono',
    'gnupg',
    'gpg',
    'locales',
    'openssl',
    'perl',
    'perl-base',
  ],
  ...[
    'postgresql-client-common',
    'postgresql-common',
    'promtool',
    'rabbitmqadmin-ng',
    'sensible-utils',
    'tzdata',
  ],
];

/** To be raised when the root comes to be made differently, so that nobody goes on with an old one. */
const recipe = 1;

const title = 'RabbitMQ, PostgreSQL with DocumentDB and Prometheus';
const urlVariables =
  'PARITY_RABBITMQ_ODD_URL, PARITY_RABBITMQ_EVEN_URL, PARITY_MONGODB_URL, PARITY_PROMETHEUS_URL';

/**
 * The engines that come from Debian sid, in the user's cache folder. The first time they are fetched and unpacked there,
 * without root rights, from the mirror of the machine's own apt.
 *
 * @throws ParityError `engine_missing` when that cannot be done on this machine, `engine_failed` when it failed
 */
export async function installDebianRoot(machine: Machine): Promise<DebianRoot> {
  const kind = createHash('sha256').update(JSON.stringify([recipe, wanted, pretended]));
  const target = join(engineCacheFolder(machine), `debian-${kind.digest('hex').slice(0, 12)}`);
  await installOnce(target, folder => fill(machine, { folder, target }));
  const versions = JSON.parse(await readFile(join(target, 'versions.json'), 'utf8')) as Record<
    string,
    string
  >;
  return { folder: target, versions };
}

async function fill(machine: Machine, { folder, target }: { folder: string; target: string }): Promise<void> {
  await requirePrograms(machine, {
    engine: title,
    programs: ['apt-get', 'dpkg-deb', 'tar', 'xargs'],
    urlVariables,
  });
  const source = await findDebianSource();
  if (!source) {
    throw new ParityError(
      'engine_missing',
      `${title} cannot be installed: this machine's apt knows no Debian archive. Give running ones: ${urlVariables}.`,
    );
  }
  const apt = join(folder, 'apt');
  const packages = Object.keys(wanted);
  const files = await aptFetch(machine, { folder: apt, source, packages, pretended, title });
  const versions = Object.fromEntries(files.map(nameAndVersion));
  assertKnown(versions);
  machine.progress(`engines: unpacking ${title} (once) …`);
  await unpack(machine, folder, files);
  await writeShims({ folder, target });
  await writeFile(join(folder, 'versions.json'), JSON.stringify(versions, undefined, 1));
  await rm(apt, { recursive: true });
}

/** `libc6_2.43-7_amd64.deb` → libc6, 2.43-7; an epoch, written `1%3a`, goes. */
function nameAndVersion(file: string): [string, string] {
  const [name = '', version = ''] = basename(file).split('_');
  return [name, version.replace(/^\d+%3a/i, '')];
}

function assertKnown(versions: Readonly<Record<string, string>>): void {
  for (const [name, range] of Object.entries(wanted)) {
    const version = versions[name] ?? '0';
    if (isInRange(version, range)) continue;
    throw new ParityError(
      'engine_missing',
      `Debian sid now has ${name} ${version}; Parity knows ${range.from} up to (not including) ${range.below}. ` +
        `Update Parity, or give running engines: ${urlVariables}.`,
    );
  }
}

/** Two at a time, as decompression is what it costs. */
async function unpack({ env }: Machine, root: string, files: readonly string[]): Promise<void> {
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(root, 'usr', folder), { recursive: true });
    await symlink(`usr/${folder}`, join(root, folder));
  }
  const unneeded = ['doc', 'man', 'locale', 'icons', 'lintian', 'bash-completion', 'zsh'];
  const excludes = unneeded.map(folder => `--exclude=./usr/share/${folder}`).join(' ');
  const tar = `tar --extract --directory="$0" --keep-directory-symlink --no-same-owner ${excludes}`;
  const each = `set -e; for deb; do dpkg-deb --fsys-tarfile "$deb" | ${tar}; done`;
  const args = ['-a', 'packages', '-d', '\\n', '-P', '2', '-n', '8', 'sh', '-c', each, root];
  await writeFile(join(root, 'packages'), files.join('\n'));
  await runToEnd({ name: 'Unpacking', program: 'xargs', args, env, cwd: root });
  await rm(join(root, 'packages'));
}
