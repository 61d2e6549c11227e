import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ParityError } from '../../domain/errors.ts';
import { runProgram } from '../engine/run-program.ts';
import { hclOf } from './hcl-of.ts';
import type { Finding } from './scanners.ts';

/** Trivy's scanner of Terraform with the checks that are built into it (testing/trivy/main.go). */
export interface Trivy {
  readonly version: string;
  /** What it finds grave (high or critical) in stacks, given as Terraform's JSON by name. */
  grave(stacks: ReadonlyMap<string, string>): Promise<Finding[]>;
}

const source = join(import.meta.dirname, 'trivy');

/**
 * The scanner of an earlier run, or a new one from the Go module proxy, pinned by `trivy/go.sum`: two minutes of two
 * processors, once.
 * @throws ParityError `engine_missing` when Go or the proxy is not there.
 */
export async function openTrivy(folder: string, env: NodeJS.ProcessEnv): Promise<Trivy> {
  const files = ['main.go', 'go.mod', 'go.sum'].map(name => readFile(join(source, name)));
  const kind = createHash('sha256')
    .update(Buffer.concat(await Promise.all(files)))
    .digest('hex')
    .slice(0, 12);
  const program = join(folder, `trivy-terraform-${kind}`);
  await mkdir(folder, { recursive: true });
  if (!(await isThere(program))) await build(program, env);
  const version = /aquasecurity\/trivy v(\S+)/.exec(await readFile(join(source, 'go.mod'), 'utf8'))?.[1];
  return { version: version ?? 'unknown', grave: stacks => scan({ program, folder, stacks, env }) };
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function build(program: string, env: NodeJS.ProcessEnv): Promise<void> {
  const settings = { ...env, CGO_ENABLED: '0', GOFLAGS: '-trimpath -mod=readonly', GOWORK: 'off' };
  const half = `${program}.${process.pid}`;
  const { code, stderr } = await runProgram('go', ['build', '-ldflags=-s -w', '-o', half, '.'], {
    cwd: source,
    env: settings,
  }).catch((cause: unknown) => {
    throw new ParityError('engine_missing', 'go cannot be started: trivy is built with Go 1.26 or newer.', {
      cause,
    });
  });
  if (code !== 0) throw new ParityError('engine_missing', `trivy cannot be built:\n${stderr}`);
  await rename(half, program);
}

const reports = z.record(
  z.string(),
  z.strictObject({
    passed: z.number(),
    findings: z.array(
      z.strictObject({ check: z.string(), severity: z.string(), resource: z.string(), says: z.string() }),
    ),
  }),
);

interface Scan {
  readonly program: string;
  readonly folder: string;
  readonly stacks: ReadonlyMap<string, string>;
  readonly env: NodeJS.ProcessEnv;
}

/** What every stack passes although nothing in it was read: a stack that passes no more was not understood. */
const passedByNothing = 51;

async function scan({ program, folder, stacks, env }: Scan): Promise<Finding[]> {
  const scanned = join(folder, 'scanned-by-trivy');
  await rm(scanned, { recursive: true, force: true });
  for (const [name, text] of stacks) {
    await mkdir(join(scanned, name), { recursive: true });
    await writeFile(join(scanned, name, 'main.tf'), hclOf(text));
  }
  const { code, stdout, stderr } = await runProgram(program, [...stacks.keys()], { cwd: scanned, env });
  if (code !== 0) throw new ParityError('engine_failed', `trivy ended with ${code}:\n${stderr}`);
  return Object.entries(reports.parse(JSON.parse(stdout))).flatMap(([stack, { passed, findings }]) => {
    if (passed + findings.length <= passedByNothing)
      throw new ParityError('engine_failed', `trivy did not understand the stack ${stack}.`);
    return findings
      .filter(({ severity }) => severity === 'HIGH' || severity === 'CRITICAL')
      .map(({ check, resource }) => ({ check, stack, resource }));
  });
}
