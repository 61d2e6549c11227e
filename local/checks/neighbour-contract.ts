import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import type { Release } from '../../domain/release.ts';
import type { Check } from '../../release/ports.ts';
import { runToEnd } from '../engines/child.ts';
import { moduleCacheOf } from '../supervisor/module-cache.ts';

/** Where a release's source lies, and the Node that runs it. */
export interface ReleaseSource {
  readonly folder: string;
  readonly node: string;
}

/** A release and its source. */
export interface Neighbour extends ReleaseSource {
  readonly release: Release;
}

const found = z.object({ faults: z.array(z.object({ what: z.string(), why: z.string() })) });

/** A contract takes two seconds on an idle laptop; a release whose program hangs must not have its engine hang. */
const usualPatience = { withinMs: 60_000 };

/**
 * Whether `reader` can go on with everything that `writer` leaves behind (design.md §6): each runs its own program, from
 * its own source and with its own packages, in a process of its own.
 */
export async function neighbourCheck(
  writer: Neighbour,
  reader: Neighbour,
  patience = usualPatience,
): Promise<Check> {
  const name = `release ${reader.release} reads what ${writer.release} writes`;
  const folder = await mkdtemp(join(tmpdir(), 'parity-neighbours-'));
  try {
    await run(writer, ['write', folder], patience);
    const { faults } = found.parse(JSON.parse(await run(reader, ['read', folder], patience)));
    if (faults.length === 0) return { name, ok: true };
    return { name, ok: false, why: faults.map(({ what, why }) => `${what}: ${why}`).join('; ') };
  } catch (error) {
    return { name, ok: false, why: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(
  { release, folder, node }: Neighbour,
  args: readonly ['write' | 'read', string],
  { withinMs }: typeof usualPatience,
): Promise<string> {
  const program = join(folder, 'services', 'contract', 'main.ts');
  if (!(await stat(program).catch(() => undefined))?.isFile()) {
    throw new ParityError('release_unfit', `The source of release ${release} carries no neighbour contract.`);
  }
  return runToEnd({
    name: `The neighbour contract of release ${release}`,
    program: node,
    args: [program, ...args, release],
    env: { NODE_COMPILE_CACHE: moduleCacheOf(folder) },
    cwd: folder,
    withinMs,
  });
}
