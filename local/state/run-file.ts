import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { perParity } from '../../domain/parity.ts';
import { readIfThere, writePrivateFile } from './private-file.ts';
import type { StatePaths } from './state-paths.ts';

const runFile = z.object({
  pid: z.int().positive(),
  startedAt: z.iso.datetime(),
  /** Of the front door. */
  url: z.url(),
  gateways: z.object(perParity(() => z.url())),
  phonesUrl: z.url(),
});

/** What a running pair says of itself, for whoever looks from outside. */
export type RunFile = z.infer<typeof runFile>;

/** Tells others that the pair runs, and where. */
export async function writeRunFile(paths: StatePaths, run: RunFile): Promise<void> {
  await writePrivateFile(paths.run, `${JSON.stringify(run, undefined, 2)}\n`);
}

/**
 * What the last pair said; undefined when none has, or nothing that can be understood. It may have died since: the
 * control socket knows.
 */
export async function readRunFile(paths: StatePaths): Promise<RunFile | undefined> {
  const text = await readIfThere(paths.run);
  if (text === undefined) return undefined;
  try {
    return runFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Says that the pair does not run any more. */
export async function removeRunFile(paths: StatePaths): Promise<void> {
  await rm(paths.run, { force: true });
}
