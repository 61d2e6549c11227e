import { access, constants, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ParityError } from '../../domain/errors.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { findProviderMirror, mirrorConfiguration } from './provider-mirror.ts';
import type { ProgramResult, RunProgram } from './run-program.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Terraform (or OpenTofu) in a stack's folder. */
export interface TerraformProgram {
  /** `terraform` or `tofu`, with its full path. */
  readonly path: string;
  /** Runs it; the exit code is for the caller to judge. */
  run(folder: string, ...args: string[]): Promise<ProgramResult>;
  /**
   * Runs it and gives its stdout.
   * @throws ParityError `engine_failed` with what it said.
   */
  must(folder: string, ...args: string[]): Promise<string>;
  /** Prepares a folder, once for as long as what it says of providers and state stays the same. */
  init(folder: string): Promise<void>;
  /** Prepares a folder for what needs no state: validating and testing. */
  initOffline(folder: string): Promise<void>;
  /** Prepares a folder whose state lay elsewhere, and brings the state along. */
  moveState(folder: string): Promise<void>;
}

/** What finding and running it needs. */
export interface TerraformPlace {
  readonly env: Env;
  /** Where our own CLI configuration is written. */
  readonly folder: string;
  readonly run: RunProgram;
  /** True when providers may come from nowhere but a local mirror. */
  readonly mirrorOnly: boolean;
}

/**
 * Finds `terraform` or `tofu` on PATH and points it to a local mirror of the provider if there is one; the machine's
 * own CLI configuration is used only where there is none.
 * @throws ParityError `engine_missing` without a program, or without a mirror when only that will do.
 */
export async function openTerraform({
  env,
  folder,
  run,
  mirrorOnly,
}: TerraformPlace): Promise<TerraformProgram> {
  const path = await programOnPath(env);
  const own = await ownConfiguration({ env, folder, mirrorOnly });
  const quiet = { TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' };
  const start: TerraformProgram['run'] = (cwd, ...args) =>
    run(path, args, { cwd, env: { ...env, ...quiet, ...own } });
  const must: TerraformProgram['must'] = async (cwd, ...args) => {
    const { code, stdout, stderr } = await start(cwd, ...args);
    if (code === 0) return stdout;
    const said = stderr.trim() === '' ? diagnosticsOf(stdout) || stdout.trim() : stderr.trim();
    throw new ParityError('engine_failed', `${path} ${args[0]} failed in ${cwd}:\n${said}`);
  };
  return { path, run: start, must, ...initialisation(must) };
}

/** A folder's last initialisation is remembered beside it, for each costs seconds. */
function initialisation(
  must: TerraformProgram['must'],
): Pick<TerraformProgram, 'init' | 'initOffline' | 'moveState'> {
  const stamp = (folder: string) => join(folder, '.terraform', 'parity-init.json');
  const wanted = async (folder: string, flags: readonly string[]) => {
    const { terraform } = JSON.parse(await readFile(join(folder, 'cdk.tf.json'), 'utf8')) as {
      terraform: unknown;
    };
    return JSON.stringify({ terraform, offline: flags.includes(offline) });
  };
  const prepare = async (folder: string, ...flags: string[]) => {
    await rm(stamp(folder), { force: true });
    await must(folder, 'init', '-no-color', ...flags);
    await writeFile(stamp(folder), await wanted(folder, flags));
  };
  const prepareOnce = async (folder: string, ...flags: string[]) => {
    const before = await readFile(stamp(folder), 'utf8').catch(() => undefined);
    if (before !== (await wanted(folder, flags))) await prepare(folder, ...flags);
  };
  return {
    init: folder => prepareOnce(folder, '-reconfigure'),
    initOffline: folder => prepareOnce(folder, offline),
    moveState: folder => prepare(folder, '-migrate-state', '-force-copy'),
  };
}

const offline = '-backend=false';

async function ownConfiguration({ env, folder, mirrorOnly }: Omit<TerraformPlace, 'run'>): Promise<Env> {
  let mirror: string;
  try {
    mirror = findProviderMirror({ given: env['TF_PROVIDER_MIRROR'], home: env['HOME'], root: '/' });
  } catch (error) {
    if (mirrorOnly || env['TF_PROVIDER_MIRROR'] !== undefined) throw error;
    return {};
  }
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'terraform-cli.tfrc');
  await writeFile(file, mirrorConfiguration(mirror));
  return { TF_CLI_CONFIG_FILE: file };
}

async function programOnPath(env: Env): Promise<string> {
  const folders = (env['PATH'] ?? '').split(':').filter(folder => folder.startsWith('/'));
  for (const path of ['terraform', 'tofu'].flatMap(name => folders.map(folder => join(folder, name)))) {
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  throw new ParityError(
    'engine_missing',
    'Neither terraform nor tofu is on PATH; install one of them (1.11 or newer).',
  );
}
